import { Button } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { Chunk } from '../components/chunk.tsx';
import { strings } from '../strings.ts';

const lookInside = async () => (await import('../viewer/look-inside.tsx')).LookInside;

interface LookFirstProps {
  /** Of the first image that can be read; undefined: there is none yet. */
  path: string | undefined;
  files: readonly { path: string; body: Blob }[];
  /** The setting of the job. */
  axes: string | undefined;
}

/** Opens the first image of a folder in the viewer, before anything is sent. */
export function LookFirst({ path, files, axes }: LookFirstProps) {
  const [isOpen, setOpen] = useState(false);
  const file = files.find((each) => each.path === path);
  if (file === undefined) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the form around it from being sent
    <div onKeyDown={isOpen ? keepInside : undefined}>
      <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? strings.lookAway : strings.lookAtFirst}
      </Button>
      {isOpen && <Chunk load={lookInside} props={{ name: file.path, body: file.body, axes }} />}
    </div>
  );
}

/** Enter in a slider would start the job. */
function keepInside(event: KeyboardEvent): void {
  if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
}

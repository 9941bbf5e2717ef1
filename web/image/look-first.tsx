import { Button } from '@mantine/core';
import { useState } from 'react';
import { Chunk } from '../components/chunk.tsx';
import { keepFormUnsent } from '../components/keep-form-unsent.ts';
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
    <div ref={keepFormUnsent}>
      <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? strings.lookAway : strings.lookAtFirst}
      </Button>
      {isOpen && <Chunk load={lookInside} props={{ name: file.path, body: file.body, axes }} />}
    </div>
  );
}

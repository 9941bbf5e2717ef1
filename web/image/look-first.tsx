import { Button } from '@mantine/core';
import { useState } from 'react';
import { Chunk } from '../components/chunk.tsx';
import { keepFormUnsent } from '../components/keep-form-unsent.ts';
import { strings } from '../strings.ts';

const lookInside = async () => (await import('../viewer/look-inside.tsx')).LookInside;

interface LookFirstProps {
  /** The first image that can be read; undefined: there is none, or none yet. */
  file: { path: string; body: Blob } | undefined;
  /** One may come: its place is kept, so that nothing below moves. */
  waits: boolean;
  /** The setting of the job. */
  axes: string | undefined;
}

/** Opens the first image of a folder in the viewer, before anything is sent. */
export function LookFirst({ file, waits, axes }: LookFirstProps) {
  const [isOpen, setOpen] = useState(false);
  if (file === undefined && !waits) return null;
  return (
    <div ref={keepFormUnsent}>
      <Button
        variant="default"
        size="compact-sm"
        disabled={file === undefined}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? strings.lookAway : strings.lookAtFirst}
      </Button>
      {isOpen && file !== undefined && <Chunk load={lookInside} props={{ name: file.path, body: file.body, axes }} />}
    </div>
  );
}

import { useEffect, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useModels } from '../api/queries.ts';
import { Chunk, fetchChunk } from '../components/chunk.tsx';
import { strings } from '../strings.ts';
import type { Picked } from '../upload/collect.ts';
import { DropZone } from '../upload/drop-zone.tsx';

const newJobForm = async () => (await import('./new-job-form.tsx')).NewJobForm;

/** What was chosen and not begun yet: a look at another screen does not lose it. */
let chosen: Picked | undefined;

interface NewJobProps {
  jobs: readonly JobView[];
  /** The form comes, or goes: what is below has another position. */
  onChange(): void;
}

export function NewJob({ jobs, onChange }: NewJobProps) {
  useModels(); // asked for early: the form has them from the start, and does not grow
  const [picked, setState] = useState(chosen);
  useEffect(() => {
    fetchChunk(newJobForm).catch(console.warn); // the form asks again
  }, []);
  const setPicked = (next: Picked | undefined) => {
    chosen = next;
    setState(next);
    onChange();
  };
  const take = async (next: Picked) => {
    // The zone stays until the form can take its place: what is below moves once.
    await fetchChunk(newJobForm).catch(console.warn);
    setPicked(next);
  };
  if (picked !== undefined) {
    const forget = () => setPicked(undefined);
    return <Chunk load={newJobForm} props={{ picked, jobs, onForget: forget, onBegun: forget }} />;
  }
  return (
    <DropZone title={strings.dropTitle} onPicked={take}>
      <p className="soft">{strings.dropText}</p>
    </DropZone>
  );
}

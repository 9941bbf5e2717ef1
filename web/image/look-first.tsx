import { Chunk } from '../components/chunk.tsx';
import { Unfold } from '../components/unfold.tsx';
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
  if (file === undefined && !waits) return null;
  return (
    <Unfold close={strings.lookAway} open={strings.lookAtFirst} ready={file !== undefined}>
      {() => file !== undefined && <Chunk load={lookInside} props={{ name: file.path, body: file.body, axes }} />}
    </Unfold>
  );
}

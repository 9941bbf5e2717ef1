import { useMemo } from 'react';
import { type Opened, Viewer } from './viewer.tsx';

const noService: Opened['renew'] = async () => undefined;

/** An image of this computer, before anything of it is sent. */
export function LookInside({ name, body, axes }: { name: string; body: Blob; axes: string | undefined }) {
  const image = useMemo<Opened>(() => ({ file: { blob: body, name, axes }, renew: noService }), [body, name, axes]);
  return <Viewer name={name} image={image} />;
}

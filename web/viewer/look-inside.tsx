import { useMemo } from 'react';
import { type Opened, Viewer } from './viewer.tsx';

const noService: Opened['renew'] = async () => undefined;

/** An image of this computer, before anything of it is sent. */
export function LookInside({ name, body }: { name: string; body: Blob }) {
  const image = useMemo<Opened>(() => ({ file: { blob: body, name }, renew: noService }), [body, name]);
  return <Viewer name={name} image={image} />;
}

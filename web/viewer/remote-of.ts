import type { Download } from '../../functions/contract/results.ts';
import type { RemoteFile } from './messages.ts';

/** A signed download as the viewer reads it. */
export const remoteOf = ({ request, bytes }: Download): RemoteFile => ({
  url: request.url,
  headers: request.headers,
  bytes,
});

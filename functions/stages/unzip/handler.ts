import type { UnzipMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import { unzip } from './descriptor.ts';
import { unpack } from './unpack.ts';

/** One message of the unzip queue. */
export const unzipHandler = {
  stage: unzip,
  handle: (message: UnzipMessage, ports: Pick<Ports, 'objects' | 'jobs' | 'queue'>, signal?: AbortSignal) =>
    unpack(message, ports, signal === undefined ? {} : { signal }),
};

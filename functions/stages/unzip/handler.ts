import type { UnzipMessage } from '../../core/messages.ts';
import type { CommonServices, MessageHandler } from '../handler.ts';
import { unzip } from './descriptor.ts';
import { type UnpackResult, unpack } from './unpack.ts';

type UnzipServices = Pick<CommonServices, 'objects' | 'jobs' | 'queue' | 'signal' | 'storage' | 'readZipDirectory'>;

/** One message of the unzip queue. */
export const handler = {
  stage: unzip,
  handle: (message, { signal, storage, readZipDirectory, ...ports }) =>
    unpack(message, ports, {
      ...(signal && { signal }),
      ...(storage && { storage }),
      ...(readZipDirectory && { readZipDirectory }),
    }),
  logLine: (result) => ['unpacked', { result }],
} satisfies MessageHandler<UnzipMessage, UnzipServices, UnpackResult>;

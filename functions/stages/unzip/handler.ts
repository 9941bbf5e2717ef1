import type { UnzipMessage } from '../../core/messages.ts';
import type { CommonServices, MessageHandler } from '../handler.ts';
import { unzip } from './descriptor.ts';
import { type UnpackResult, unpack } from './unpack.ts';

type UnzipServices = Pick<CommonServices, 'objects' | 'jobs' | 'queue' | 'signal' | 'listener'>;

/** One message of the unzip queue. */
export const handler = {
  stage: unzip,
  async handle(message, { signal, listener, ...ports }) {
    const result = await unpack(message, ports, signal === undefined ? {} : { signal });
    listener?.onUnpacked?.(result);
    return result;
  },
  logLine: (result) => ['unpacked', { result }],
} satisfies MessageHandler<UnzipMessage, UnzipServices, UnpackResult>;

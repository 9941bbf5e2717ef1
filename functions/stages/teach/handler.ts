import type { TeachingMessage } from '../../core/messages.ts';
import type { MessageHandler } from '../handler.ts';
import { teach as descriptor } from './descriptor.ts';
import { type Taught, type TeachPorts, teach } from './teach.ts';

/** One message of the queue `teaching`. */
export const handler = {
  stage: descriptor,
  handle: teach,
  logLine: (result) => ['taught', typeof result === 'string' ? { result } : { result: 'asked', ...result }],
} satisfies MessageHandler<TeachingMessage, TeachPorts, Taught>;

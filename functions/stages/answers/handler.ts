import type { AnswerMessage } from '../../core/messages.ts';
import type { Ports } from '../../ports/ports.ts';
import type { MessageHandler } from '../handler.ts';
import { answers } from './descriptor.ts';
import { type TakenAnswer, takeNotice } from './take-notice.ts';

/** One message of the queue `answers`. */
export const handler = {
  stage: answers,
  handle: takeNotice,
  logLine: (result) => ['took an answer', { result }],
} satisfies MessageHandler<AnswerMessage, Pick<Ports, 'objects' | 'queue'>, TakenAnswer>;

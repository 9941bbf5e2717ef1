import type { PredictMessage } from '../../core/messages.ts';
import type { ImageGuard, MessageHandler, StageListener } from '../handler.ts';
import { predict } from './descriptor.ts';
import { type PredictResult, predictFile } from './predict.ts';
import type { PredictServices } from './services.ts';

type Services = Omit<PredictServices, 'onPlane'> & { listener?: StageListener; guard?: ImageGuard };

/** In one word: what became of an image. */
export const outcomeOf = (result: PredictResult): string =>
  typeof result === 'string' ? result : 'failed' in result ? result.failed.code : 'done';

/** One message of the files queue. */
export const handler = {
  stage: predict,
  async handle(message, { listener, guard, ...services }) {
    const onPlane = (done: number, total: number) => listener?.onPlane?.(message, done, total);
    const predict = () => predictFile(message, { ...services, onPlane });
    const result = await (guard === undefined ? predict() : guard(message, predict, services));
    listener?.onFile?.(message, result);
    return result;
  },
  logLine: (result) => ['predicted', { outcome: outcomeOf(result) }],
} satisfies MessageHandler<PredictMessage, Services, PredictResult>;

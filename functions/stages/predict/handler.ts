import type { PredictMessage } from '../../core/messages.ts';
import { registryOwner } from '../../core/object-keys.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ImageGuard, MessageHandler, StageListener } from '../handler.ts';
import { type CheckedVersion, checkVersion } from './check-version.ts';
import { predict } from './descriptor.ts';
import type { Moved } from './larger-machine.ts';
import { type PredictResult, predictFile } from './predict.ts';
import { isRelabel, type RelabelResult, relabelImage } from './relabel.ts';
import type { PredictServices } from './services.ts';

type Services = Omit<PredictServices, 'onPlane'> &
  Pick<Ports, 'clock'> & { listener?: StageListener; guard?: ImageGuard };

type Relabelled = Exclude<RelabelResult, Moved>;

const outcomeOfRelabel = ({ relabelled }: Relabelled): string =>
  typeof relabelled === 'string' ? relabelled : relabelled.code;

/** In one word: what became of an image. */
export const outcomeOf = (result: PredictResult | RelabelResult): string => {
  if (typeof result === 'string') return result;
  if ('relabelled' in result) return outcomeOfRelabel(result);
  if ('failed' in result) return result.failed.code;
  return 'moved' in result ? 'moved' : 'done';
};

/** A package that was sent to the registry: it comes the way of images, and is checked where models run. */
const isPackage = ({ owner }: PredictMessage): boolean => owner === registryOwner;

async function checkSent({ id }: PredictMessage, { models, packages, ...services }: Services) {
  if (models === undefined || packages === undefined) throw new Error('this runtime has no registry of models');
  return checkVersion(id, { ...services, models, packages });
}

/** One message of the files queue. */
export const handler = {
  stage: predict,
  async handle(message, { listener, guard, ...services }) {
    if (isPackage(message)) return checkSent(message, services);
    if (isRelabel(message)) return relabelImage(message, services);
    const onPlane = (done: number, total: number) => listener?.onPlane?.(message, done, total);
    const predict = () => predictFile(message, { ...services, onPlane });
    const result = await (guard === undefined ? predict() : guard(message, predict, services));
    listener?.onFile?.(message, result);
    return result;
  },
  logLine(result) {
    if (typeof result === 'object' && 'checked' in result)
      return ['checked a model', { outcome: result.failure?.code ?? result.checked }];
    if (typeof result === 'object' && 'relabelled' in result)
      return ['relabelled', { outcome: outcomeOfRelabel(result) }];
    return [
      'predicted',
      { outcome: outcomeOf(result), ...(typeof result === 'object' && 'moved' in result && result) },
    ];
  },
} satisfies MessageHandler<PredictMessage, Services, PredictResult | CheckedVersion | Relabelled>;

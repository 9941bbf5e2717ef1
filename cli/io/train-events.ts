import { event } from './event.ts';
import { count, formatSeconds, table } from './format.ts';

export interface AsideRow {
  image: string;
  before: number;
  after: number;
}

/** What `train` says. F1 is at IoU 0.5. */
export const trainEvents = {
  'train.started': event<{
    trained: number;
    aside: number;
    objects: number;
    unlabelled: number;
    base: string;
    kind: 'network' | 'pixel classifier';
    replay?: string;
  }>(
    'info',
    (d) =>
      `training ${d.kind === 'network' ? d.base : 'a pixel classifier'} on ${count(d.trained, 'image')}; ${count(d.aside, 'image')} kept aside to score with; ${count(d.objects, 'object')} in all${d.unlabelled === 0 ? '' : `; ${count(d.unlabelled, 'image')} without labels left out`}${d.kind === 'network' ? `; replayed: ${d.replay ?? "synthetic planes only, as the base's own images are not at hand (--replay)"}` : `; compared with ${d.base}`}`,
  ),
  'train.resumed': event<{ epoch: number }>('info', (d) => `going on after epoch ${d.epoch}`),
  'train.smallerBatch': event<{ batch: number }>('warn', (d) => `out of memory: going on with a batch of ${d.batch}`),
  'train.progress': event<{ epoch: number; epochs: number; loss: number; secondsLeft: number }>(
    'progress',
    (d) => `epoch ${d.epoch} of ${d.epochs}, loss ${d.loss.toFixed(3)}, ${formatSeconds(d.secondsLeft)} left`,
  ),
  'train.scoring': event<{ done: number; total: number }>('progress', (d) => `scored ${d.done} of ${d.total} images`),
  'train.unchanged': event<{ folder: string; before: number; after: number }>(
    'result',
    (d) =>
      `${d.folder} was trained on these images with these settings already: F1 on the images kept aside ${d.before.toFixed(3)} before, ${d.after.toFixed(3)} after`,
  ),
  'train.judged': event<{
    better: boolean;
    folder: string;
    report: string;
    before: number;
    after: number;
    own?: { before: number; after: number };
    images: AsideRow[];
  }>('result', (d) =>
    [
      ...table([
        ['F1 at IoU 0.5', 'before', 'after'],
        ...d.images.map(({ image, before, after }) => [image, before.toFixed(3), after.toFixed(3)]),
        ['all images kept aside', d.before.toFixed(3), d.after.toFixed(3)],
        ...(d.own ? [['what the base was made for', d.own.before.toFixed(3), d.own.after.toFixed(3)]] : []),
      ]),
      `${d.better ? 'better' : 'not better'}: ${d.folder}`,
      `report: ${d.report}`,
    ].join('\n'),
  ),
};

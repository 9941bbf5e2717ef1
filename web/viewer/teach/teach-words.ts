import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import type { MachineTerms } from '../../../functions/core/machine-sizes.ts';
import { inDuration, inNumbers } from '../../format.ts';

type Training = NonNullable<DataSetView['training']>;

const count = (of: number, one: string): string => `${inNumbers(of)} ${one}${of === 1 ? '' : 's'}`;
const dollars = (usd: number): string => (usd < 0.01 ? 'less than $0.01' : `$${usd.toFixed(2)}`);
const f1 = (value: number): string => value.toFixed(3);

function inWork({ state, progress }: Training): string {
  if (state === 'queued') return 'The training waits for its turn.';
  if (progress === undefined) return 'The training has begun.';
  const { step, done, total, secondsLeft } = progress;
  const left = secondsLeft === undefined ? '' : `, ${inDuration(1000 * secondsLeft)} left`;
  return step === 'epochs' ? `Epoch ${done} of ${total}${left}.` : `Scored ${done} of ${count(total, 'image')}.`;
}

function ended({ state, scores, failure, usd }: Training): string {
  const cost = usd === undefined ? '' : ` It cost ${dollars(usd)} at most.`;
  return outcome({ state, scores, failure }) + cost;
}

function outcome({ state, scores, failure }: Pick<Training, 'state' | 'scores' | 'failure'>): string {
  const went = scores === undefined ? '' : `F1 ${f1(scores.before)} before, ${f1(scores.after)} after`;
  if (state === 'better') return `Better on the images kept aside: ${went}.`;
  if (state === 'notBetter') return `Not better, so it is not kept: ${failure?.message ?? went}.`;
  return state === 'stopped' ? 'The training was stopped.' : `The training failed: ${failure?.message ?? ''}`;
}

/** Every word of teaching models. */
export const teachWords = {
  teach: 'Teach a model',
  help: 'Accept the parts of pictures in which every object is right, add them here, and teach. A fifth of the images is kept aside to compare with; a model that is not better on them is not kept.',
  name: 'Data set, and name of the model',
  usualName: 'our cells',
  nameRule: '5 to 60 letters, digits, spaces, - and _; a letter or digit first',
  add: 'Add what is accepted',
  nothing: 'It has no image yet.',
  has: ({ images, objects }: DataSetView): string =>
    `${count(images.length, 'image')} with ${count(objects, 'object')}.`,
  hasThis: (objects: number, revision: number): string =>
    `${count(objects, 'object')} of this image, at revision ${inNumbers(revision)}.`,
  arriving: (images: number): string => `${count(images, 'image')} on the way.`,
  notAdded: (why: string): string => `This image could not be added: ${why}.`,
  missing: ({ missing: { objects, images } }: DataSetView): string | undefined =>
    objects > 0
      ? `Label at least 25 objects in two images: ${inNumbers(objects)} to go.`
      : images > 0
        ? `Accept something of ${images === 1 ? 'another image' : 'two images'}: one is kept aside.`
        : undefined,
  kind: 'Kind of model',
  kinds: { pixels: 'Pixel classifier: seconds', network: 'Network: minutes, with PyTorch' },
  machine: ({ startMinutes, hourlyUsd }: MachineTerms): string =>
    `A machine does it: it starts in ${startMinutes.join(' to ')} minutes and costs ${dollars(hourlyUsd[0]!)} an hour, or less; a training takes minutes.`,
  begin: 'Teach the model',
  stop: 'Stop the training',
  training: ({ state }: Training): boolean => state === 'queued' || state === 'running',
  inWork,
  ended,
  scores: 'F1 on each image kept aside',
  image: 'Image',
  before: 'Before',
  after: 'After',
  f1,
  report: 'Look at the report',
  reportOf: (name: string): string => `Report of ${name}`,
  downloadReport: 'Download the report',
  close: 'Close',
  download: 'Download the data set',
  checking: 'The model is being checked.',
  refused: (why: string): string => `The model was refused: ${why}`,
  use: 'Use it for new jobs',
  byAdmins: 'An administrator can offer it for new jobs, under Models.',
  used: 'New jobs can use it.',
  takeBack: 'Take it back',
  takenBack: 'It was taken back: no new job uses it.',
} as const;

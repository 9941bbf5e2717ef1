import { awaits, isTraining, withAdded } from '../../core/data-set.ts';
import { Failure, isOutcome } from '../../core/errors.ts';
import type { TeachingMessage, TrainingMessage } from '../../core/messages.ts';
import { dataSetPrefix } from '../../core/object-keys.ts';
import { openImage } from '../../image/tiff/image.ts';
import { zipRefOf } from '../../jobs/data-set-card.ts';
import type { Ports } from '../../ports/ports.ts';
import { addImage } from './add-image.ts';
import type { CopyServices } from './copy-accepted.ts';
import { zipDataSet } from './zip-data-set.ts';

export type TeachPorts = Pick<Ports, 'objects' | 'jobs' | 'queue' | 'clock' | 'dataSets' | 'fleet'>;
type Services = TeachPorts & { dataSets: NonNullable<Ports['dataSets']> };

/** In one word, or a failure's code: what became of a message. `trouble`: no machine could be started now; sweep starts them. */
export type Taught = 'added' | 'packed' | 'asked' | 'not wanted' | (string & {}) | { asked: 'later'; trouble: unknown };

/** Does what a message asks for a data set. Safe to repeat: what is not wanted any more is left. */
export async function teach(message: TeachingMessage, ports: TeachPorts): Promise<Taught> {
  if (ports.dataSets === undefined) throw new Error('this runtime has no data sets');
  const services = { ...ports, dataSets: ports.dataSets };
  if (message.kind === 'add') return addTo(message, services);
  if (message.kind === 'train') return askForMachine(message, services);
  return pack(message, services);
}

async function pack(ref: TeachingMessage, { dataSets, objects }: Services): Promise<Taught> {
  const dataSet = await dataSets.get(ref);
  if (dataSet === undefined) return 'not wanted';
  if ((await objects.head(zipRefOf(dataSet))) !== undefined) return 'packed'; // who waits for it asks again and again
  await zipDataSet(dataSet, objects);
  if ((await dataSets.get(ref)) !== undefined) return 'packed';
  await objects.removeAll('datasets', dataSetPrefix(ref)); // removed meanwhile
  return 'not wanted';
}

const reading: CopyServices['reading'] = {
  async openImage(source, options) {
    return { ...(await openImage(source, options)), [Symbol.asyncDispose]: async () => {} };
  },
};

async function addTo(message: TeachingMessage & { kind: 'add' }, services: Services): Promise<Taught> {
  const { dataSets, jobs, clock } = services;
  const { owner, job: id, path } = message;
  const known = await dataSets.get(message);
  if (known === undefined || !awaits(known, message)) return 'not wanted';
  const fail = async (failure: { code: string; message: string }): Promise<Taught> => {
    const added = { job: id, path, askedAt: clock.now(), failure };
    await dataSets.change(message, (each) => (awaits(each, message) ? withAdded(each, added) : undefined));
    return failure.code;
  };
  const job = await jobs.get({ owner, id });
  if (job === undefined) return fail({ code: 'jobMissing', message: 'its job is gone' });
  try {
    const added = await addImage(message, { job, path }, { ...services, reading });
    if (added === undefined) return 'not wanted';
    return typeof added === 'string' ? fail({ code: added, message: notAdded[added] }) : 'added';
  } catch (error) {
    if (!(error instanceof Failure) || !(isOutcome(error) || error.code === 'objectMissing')) throw error;
    return fail({ code: error.code, message: error.message });
  }
}

const notAdded = { nothingAccepted: 'no region of it is accepted', dataSetFull: 'the data set is full' } as const;

/** Sends the training first, so that it cannot be lost. */
async function askForMachine(
  { owner, id, askedAt }: TeachingMessage & { kind: 'train' },
  services: Services,
): Promise<Taught> {
  const { dataSets, queue, fleet } = services;
  if (fleet === undefined) throw new Error('this runtime has no machines');
  const known = await dataSets.get({ owner, id });
  if (known === undefined || !isTraining(known) || known.training!.askedAt !== askedAt) return 'not wanted';
  const training: TrainingMessage = { owner, id, trainingOf: askedAt };
  await queue.send('large', [training]);
  try {
    await fleet.ensure({ sent: 1 });
  } catch (trouble) {
    return { asked: 'later', trouble }; // delivered again it would be sent twice, and at last fail what may be in work
  }
  return 'asked';
}

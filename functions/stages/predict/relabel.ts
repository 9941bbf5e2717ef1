import type { CorrectedRound } from '../../core/corrected-round.ts';
import { Failure, isOutcome } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { resultRef } from '../../core/object-keys.ts';
import { type FileSummary, fileSummary } from '../../core/summary.ts';
import { correctedObjects, failRound, readRound, whereCorrected } from '../../jobs/corrected-rounds.ts';
import { editLog } from '../../jobs/edit-log.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';
import { givenObjects } from './given-objects.ts';
import { type Moved, moveToMachines, NeedsLargerMachine } from './larger-machine.ts';
import { leaseModel } from './predict.ts';
import { predictImage } from './predict-image.ts';
import type { PredictServices } from './services.ts';
import { siblingInJob } from './sibling-in-job.ts';

type RelabelServices = PredictServices & Pick<Ports, 'clock'>;
export type RelabelMessage = PredictMessage & Required<Pick<PredictMessage, 'corrected'>>;

export const isRelabel = (message: PredictMessage): message is RelabelMessage => message.corrected !== undefined;

/** `packaging`: it was the last image of its round. */
export type RelabelResult = { relabelled: 'done' | 'packaging' | 'not wanted' } | { relabelled: Failure } | Moved;

/**
 * Makes the results of one image with its corrected labels: measures the objects of the label image with the operations of
 * its log, as predict measures those of its model. The last image of a round sends it to zip. Safe to repeat: results of a
 * revision never change. Image and model must still be there: that is what the round failed of, else.
 */
export async function relabelImage(message: RelabelMessage, services: RelabelServices): Promise<RelabelResult> {
  const { jobs, objects, queue } = services;
  const job = await jobs.get(message);
  const round = job && (await readRound(message, objects));
  if (job === undefined || round === undefined || !isWanted(message, job, round)) return { relabelled: 'not wanted' };
  const own = correctedObjects(objects, whereCorrected(job, round));
  try {
    if (!(await isMade(message, own))) await makeResults(message, job, services, own);
  } catch (error) {
    if (error instanceof NeedsLargerMachine) return moveToMachines(message, error.memoryMb, services);
    if (!(error instanceof Failure && (isOutcome(error) || error.code === 'modelMissing'))) throw error;
    const { code, message: why } = error;
    await failRound(message, round.number, { code, message: `${message.path}: ${why}` }, services);
    return { relabelled: error };
  }
  for (const { path } of round.images) if (!(await isMade({ ...message, path }, own))) return { relabelled: 'done' };
  const { owner, id, generation } = job;
  await queue.send('zips', [{ owner, id, generation, corrected: round.number }]);
  return { relabelled: 'packaging' };
}

const isWanted = ({ path, corrected }: RelabelMessage, job: Job, round: CorrectedRound): boolean =>
  job.state === 'completed' &&
  job.generation === round.generation &&
  corrected.round === round.number &&
  round.images.some((image) => image.path === path && image.revision === corrected.revision);

/** The summary is written last. */
const isMade = async (image: PredictMessage, own: ObjectStore): Promise<boolean> =>
  (await own.head(resultRef(image, image.path, 'summary.json'))) !== undefined;

async function makeResults(
  { owner, id, path, corrected }: RelabelMessage,
  job: Job,
  services: PredictServices,
  own: ObjectStore,
): Promise<void> {
  const image = { owner, id, path };
  const { objects, sibling = siblingInJob(services, job) } = services;
  const entries = await editLog(objects).all(image, corrected.revision);
  if (entries.at(-1)?.revision !== corrected.revision)
    throw new Failure('objectCorrupt', { key: path, detail: 'its corrections are not whole' });
  await using leased = new AsyncDisposableStack();
  const model = await leaseModel(job.settings, { model: services.model }, leased);
  const given = leased.use(await givenObjects(image, entries, await readSummary(image, objects), objects));
  const settings = { ...job.settings, probabilities: false, foreground: false }; // maps are of the model, which did not run
  const { deadline: _, ...rest } = services;
  await predictImage(image, settings, { ...rest, ...model, objects: own, sibling, given, generation: job.generation });
}

async function readSummary(image: PredictMessage, objects: ObjectStore): Promise<FileSummary> {
  const ref = resultRef(image, image.path, 'summary.json');
  const parsed = fileSummary.safeParse(await readJson(objects, ref));
  if (!parsed.success) throw new Failure('objectCorrupt', { key: ref.key, detail: 'it is not a summary' });
  return parsed.data;
}

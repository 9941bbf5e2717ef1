import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import { predictedPlanes } from '../../core/counted-objects.ts';
import { Failure, isOutcome } from '../../core/errors.ts';
import type { Job, JobSettings, Outcome } from '../../core/job.ts';
import { choicesOf } from '../../core/job-choices.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { inputRef, resultRef } from '../../core/object-keys.ts';
import { type FileSummary, fileNotes, fileSummary } from '../../core/summary.ts';
import { isTerminal } from '../../core/transitions.ts';
import { advance, finishAndAdvance } from '../../jobs/advance.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { regionsIdentity } from '../../regions/open-regions.ts';
import { awaitAnswer, stillAwaits } from './await-answer.ts';
import type { EndpointRequests } from './endpoint-requests.ts';
import { type Moved, moveToMachines, NeedsLargerMachine, sendAgain } from './larger-machine.ts';
import { predictImage, sha256Of } from './predict-image.ts';
import { removeCheckpoint } from './remove-checkpoint.ts';
import type { ImageServices, LoadedModel, PredictServices } from './services.ts';
import { siblingInJob } from './sibling-in-job.ts';

export type PredictResult =
  | { summary: FileSummary; reused: boolean }
  | { failed: Failure }
  | 'not pending'
  | 'continues'
  | 'awaits'
  | Moved;

/**
 * Predicts one image, writes its results and finishes the file. A bad image is a recorded outcome; a broken service
 * throws and the queue repeats; what the deadline cut short is sent to the queue again, what is too large for this machine
 * to another. Twice is as good as once: whole
 * results of the same bytes, model and settings are kept.
 */
export async function predictFile(message: PredictMessage, services: PredictServices): Promise<PredictResult> {
  const { objects, jobs, deadline } = services;
  const job = await jobs.get(message);
  if (job === undefined) return 'not pending';
  const file = isTerminal(job) ? undefined : await jobs.file(job, message.path);
  if (file?.state !== 'pending') {
    if (!isTerminal(job)) await advance(message, services); // an earlier delivery may have died before its last step
    if (deadline !== undefined) await removeCheckpoint(message, objects);
    return 'not pending';
  }
  if (services.ownQueue === 'large') await jobs.placeFile(job, message.path, 'works');
  try {
    return await predictPendingFile(message, job, services);
  } catch (error) {
    if (!(error instanceof NeedsLargerMachine)) throw error;
    return moveToMachines(message, error.memoryMb, services);
  }
}

/** The same of a file that has not ended. */
async function predictPendingFile(
  message: PredictMessage,
  job: Job,
  services: PredictServices,
): Promise<PredictResult> {
  const { objects, deadline } = services;
  if (await stillAwaits(message, job.generation, services)) return 'awaits';
  const finish = async (outcome: Outcome) => {
    await finishAndAdvance(job, message.path, outcome, services);
    if (deadline !== undefined) await removeCheckpoint(message, objects);
  };
  try {
    const result = await predictPending(message, job, services);
    if (typeof result === 'string' || 'moved' in result) return result;
    const notes = fileNotes(result.summary);
    await finish({ state: 'done', ...(notes.length > 0 && { notes }) });
    return result;
  } catch (error) {
    if (error instanceof AwaitsAnswer) return leaveImage(message, job, error, services);
    if (!(error instanceof Failure && isOutcome(error))) throw error;
    const failed = (await isMissing(message, error, objects)) ? new Failure('uploadMissing', {}) : error;
    await finish({ state: 'failed', failure: { code: failed.code, message: failed.message } });
    return { failed };
  }
}

/** Until its request is answered. Sweep need not send it meanwhile. */
async function leaveImage(
  message: PredictMessage,
  { generation }: Job,
  { request }: AwaitsAnswer,
  services: PredictServices,
): Promise<'awaits'> {
  await services.jobs.touch(message, Number.MAX_SAFE_INTEGER);
  return awaitAnswer(message, { request, generation }, services);
}

/** Results of before, or new ones; what the deadline cut short is sent on. */
async function predictPending(
  message: PredictMessage,
  job: Job,
  services: PredictServices,
): Promise<{ summary: FileSummary; reused: boolean } | 'continues' | Moved> {
  const { settings, generation } = job;
  await using leased = new AsyncDisposableStack();
  const { sibling = siblingInJob(services, job) } = services;
  const requests = services.requests?.(message);
  const model = await leaseModel(settings, { model: services.model, requests }, leased);
  const withModel = { ...services, ...model, sibling, generation };
  const kept = await finishedBefore(message, settings, withModel);
  const summary = kept ?? (await predictImage(message, settings, withModel));
  if (summary !== undefined) return { summary, reused: kept !== undefined };
  const sent = await sendAgain(message, services);
  await services.jobs.touch(message, Number.MAX_SAFE_INTEGER); // not stuck: sweep need not send it too
  return sent;
}

/** The job's model, which is given back when `leased` is disposed of. */
export async function leaseModel(
  settings: JobSettings,
  { model, requests }: { model: PredictServices['model']; requests?: EndpointRequests | undefined },
  leased: AsyncDisposableStack,
): Promise<LoadedModel> {
  const { release, ...loaded } = await model(settings, requests);
  if (release !== undefined) leased.defer(release);
  return loaded;
}

/** Was the image never sent? A retry of a folder that misses it must end with the reason that it had. */
const isMissing = async (message: PredictMessage, { code }: Failure, objects: ObjectStore): Promise<boolean> =>
  code === 'objectMissing' && (await objects.head(inputRef(message, message.path))) === undefined;

/** The summary of an earlier whole result of the same input bytes, model and settings. It is written last, so it vouches for the rest. */
async function finishedBefore(
  message: PredictMessage,
  settings: JobSettings,
  { objects, engine: { model }, sibling }: ImageServices,
): Promise<FileSummary | undefined> {
  const ref = resultRef(message, message.path, 'summary.json');
  if ((await objects.head(ref)) === undefined) return undefined;
  const parsed = fileSummary.safeParse(await readJson(objects, ref));
  if (!parsed.success) return undefined; // another version's: made again
  const summary = parsed.data;
  const same =
    summary.model.sha256 === model.sha256 &&
    summary.model.name === model.name &&
    summary.model.version === model.version &&
    summary.model.definition === model.definition &&
    isDeepStrictEqual(choicesOf(summary.settings), choicesOf(settings)) &&
    (summary.counted !== undefined || predictedPlanes(summary) === 1) && // else an earlier version's sum over planes
    summary.settings.probabilities === (settings.probabilities ?? false) &&
    (await sameRegions(message, summary, sibling));
  if (!same || (await objects.head(inputRef(message, message.path)))?.bytes !== summary.bytes) return undefined;
  for (const { kind, bytes } of summary.outputs)
    if ((await objects.head(resultRef(message, message.path, kind)))?.bytes !== bytes) return undefined;
  return (await sha256Of(objects, message)) === summary.sha256 ? summary : undefined;
}

/** Are the regions beside the image those that its results were counted in? */
async function sameRegions(
  message: PredictMessage,
  { regions }: FileSummary,
  sibling: ImageServices['sibling'],
): Promise<boolean> {
  const now = sibling && (await regionsIdentity(basename(message.path), (name) => sibling(message, name)));
  return now?.file === regions?.file && now?.sha256 === regions?.sha256;
}

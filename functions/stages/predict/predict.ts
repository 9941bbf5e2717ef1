import { Failure, isOutcome } from '../../core/errors.ts';
import type { JobSettings } from '../../core/job.ts';
import { inputRef, resultRef } from '../../core/keys.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { type FileSummary, fileSummary } from '../../core/summary.ts';
import { isTerminal } from '../../core/transitions.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { advance, finishAndAdvance } from '../finish.ts';
import { predictImage, sha256Of } from './predict-image.ts';
import type { ImageServices, PredictServices } from './services.ts';

export type PredictResult = { summary: FileSummary; reused: boolean } | { failed: Failure } | 'not pending';

/**
 * Predicts one image, writes its results and finishes the file. A bad image is a recorded outcome; a broken service
 * throws and the queue repeats. Twice is as good as once: whole results of the same bytes, model and settings are kept.
 */
export async function predictFile(message: PredictMessage, services: PredictServices): Promise<PredictResult> {
  const { jobs } = services;
  const job = await jobs.get(message);
  const file = await jobs.file(message, message.path);
  if (job === undefined || isTerminal(job)) return 'not pending';
  if (file?.state !== 'pending') {
    await advance(message, services); // an earlier delivery may have died before its last step
    return 'not pending';
  }
  try {
    const withModel = { ...services, ...(await services.model(job.settings)) };
    const kept = await finishedBefore(message, job.settings, withModel);
    const summary = kept ?? (await predictImage(message, job.settings, withModel));
    await finishAndAdvance(message, message.path, { state: 'done' }, services);
    return { summary, reused: kept !== undefined };
  } catch (error) {
    if (!(error instanceof Failure && isOutcome(error))) throw error;
    const failed = (await isMissing(message, error, services.objects)) ? new Failure('uploadMissing', []) : error;
    const failure = { code: failed.code, message: failed.message };
    await finishAndAdvance(message, message.path, { state: 'failed', failure }, services);
    return { failed };
  }
}

/** Was the image never sent? A retry of a folder that misses it must end with the reason that it had. */
const isMissing = async (message: PredictMessage, { code }: Failure, objects: ObjectStore): Promise<boolean> =>
  code === 'objectMissing' && (await objects.head(inputRef(message, message.path))) === undefined;

/** The summary of an earlier whole result of the same input bytes, model and settings. It is written last, so it vouches for the rest. */
async function finishedBefore(
  message: PredictMessage,
  settings: JobSettings,
  { objects, engine: { model } }: ImageServices,
): Promise<FileSummary | undefined> {
  const ref = resultRef(message, message.path, 'summary.json');
  if ((await objects.head(ref)) === undefined) return undefined;
  const parsed = fileSummary.safeParse(JSON.parse(await textOf(objects, ref)));
  if (!parsed.success) return undefined; // another version's: made again
  const summary = parsed.data;
  const same =
    summary.model.sha256 === model.sha256 &&
    summary.model.name === model.name &&
    summary.model.version === model.version &&
    summary.model.definition === model.definition &&
    summary.settings.channel === settings.channel &&
    summary.settings.probabilities === (settings.probabilities ?? false);
  if (!same || (await objects.head(inputRef(message, message.path)))?.bytes !== summary.bytes) return undefined;
  for (const { kind, bytes } of summary.outputs)
    if ((await objects.head(resultRef(message, message.path, kind)))?.bytes !== bytes) return undefined;
  return (await sha256Of(objects, message)) === summary.sha256 ? summary : undefined;
}

async function textOf(objects: ObjectStore, ref: Parameters<ObjectStore['get']>[0]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await objects.get(ref)) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

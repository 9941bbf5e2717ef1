import { availableParallelism } from 'node:os';
import { readZipDirectory, type ZipLimits } from '../../archive/zip-directory.ts';
import { entrySpan } from '../../archive/zip-entry.ts';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { Failure } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Job, NewFile, Outcome, StoredFailure } from '../../core/job.ts';
import type { UnzipMessage } from '../../core/messages.ts';
import { archivePath, inputRef, type JobRef, uploadRef } from '../../core/object-keys.ts';
import { isTerminal } from '../../core/transitions.ts';
import type { ByteSource } from '../../image/image.ts';
import { finishAndAdvance, sealAndAdvance, sendNotice } from '../../jobs/advance.ts';
import { sourceChunks } from '../../object-streams/object-chunks.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import type { ObjectHead, ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StorageQuota } from '../../ports/storage-quota.ts';
import type { CommonServices } from '../handler.ts';
import { type Batch, batches } from './batches.ts';
import { type Copied, copyInputs } from './copy-inputs.ts';
import { copyLanes, listInputs, openJob, registerFiles } from './open-job.ts';
import { type PlannedImage, planUnpack } from './plan.ts';
import { type Chunks, copyEntry, isCopied, type OpenSpan, writeEntry } from './write-entry.ts';

interface Unpacked {
  /** Images in `inputs`, of which `written` by this delivery. */
  images: number;
  written: number;
  /** Entries named in the manifest as failed. */
  refused: { path: string; failure: Failure }[];
  /** Entries named in the manifest that are no images. */
  leftOut: { path: string; failure: Failure }[];
}

export type UnpackResult = Unpacked | Copied | { failed: Failure } | 'not open';

export interface UnpackOptions {
  limits?: ZipLimits;
  signal?: AbortSignal;
  /** Where what is kept has an end: a zip whose images do not fit fails as `archiveTooLarge`, and no other upload. */
  storage?: StorageQuota;
  readZipDirectory?: CommonServices['readZipDirectory'];
}

type UnpackPorts = Pick<Ports, 'objects' | 'jobs' | 'queue'>;

/** Gets at once, and entries inflated at once: one a core, at most as many as libuv has threads. */
const maxConcurrentEntries = Math.min(4, Math.max(2, availableParallelism()));
/** Small entries of one get that are written at once. */
const writesAhead = 8;

/**
 * Copies the images of one archive, or of another job, to inputs, names the rest in the manifest and seals it. All entries are registered
 * before the first object appears, so the event of an object always finds its file. An archive that is broken or unsafe
 * as a whole fails the job; a bad entry fails its file only. Safe to repeat: what is there is not written again.
 */
export async function unpack(
  message: UnzipMessage,
  ports: UnpackPorts,
  options: UnpackOptions = {},
): Promise<UnpackResult> {
  const { jobs } = ports;
  const job = await jobs.get(message);
  if (job === undefined) return 'not open';
  if (isTerminal(job)) {
    // An earlier delivery may have died between the failure and its notice; a sealed job ends elsewhere.
    if (job.state === 'failed' && !job.sealed) await sendNotice(job, ports.queue);
    return 'not open';
  }
  if (job.sealed) {
    await sealAndAdvance(message, ports); // an earlier delivery may have died before its last step
    return 'not open';
  }
  try {
    const { from } = job.settings;
    if (from !== undefined) return await copyInputs(job, from, ports, options.signal);
    return await unpackOpen(job, message, ports, options);
  } catch (error) {
    if (!isAboutArchive(error)) throw error;
    await jobs.fail(message, { code: error.code, message: error.message }, job.generation);
    await sendNotice(job, ports.queue);
    return { failed: error };
  }
}

const isAboutArchive = (error: unknown): error is Failure =>
  error instanceof Failure && /^(archive|inputsGone$|imageGone$|imageUnreadable$|objectMissing$)/.test(error.code);

async function unpackOpen(
  job: Job,
  { archive = archivePath }: UnzipMessage,
  ports: UnpackPorts,
  { limits, signal, storage, readZipDirectory: readDirectory = readZipDirectory }: UnpackOptions,
): Promise<UnpackResult> {
  const { objects, jobs } = ports;
  const upload = uploadRef(job, archive);
  await using source = await objectSource(objects, upload);
  const { images, refused, leftOut, companions } = planUnpack(await readDirectory(source, limits));

  const files: NewFile[] = [
    ...images.map(({ path, entry }) => ({ path, bytes: entry.bytes })),
    ...refused.map(({ path, bytes }) => ({ path, bytes })),
    ...leftOut.map(({ path, bytes, failure }) => ({ path, bytes, leftOut: stored(failure) })),
  ];
  await reserve([...images, ...companions], job, storage);
  // whatever ends it: what has arrived by then is set aside no more, and what has not does not come from this delivery
  using _ = {
    [Symbol.dispose]: () => storage?.release([...images, ...companions].map(({ path }) => inputRef(job, path))),
  };
  await registerFiles(job, files, jobs);
  const finish = (path: string, failure: Failure) => finishAndAdvance(job, path, failed(failure), ports);
  await forEachLimit(refused, writesAhead, async ({ path, failure }) => void (await finish(path, failure)));

  const there = await listInputs(job, objects);
  const result: Unpacked = {
    images: 0,
    written: 0,
    refused: refused.map(({ path, failure }) => ({ path, failure })),
    leftOut: leftOut.map(({ path, failure }) => ({ path, failure })),
  };
  const still = openJob(job, jobs, signal);
  const record = async (path: string, failure: Failure | undefined) => {
    if (failure === undefined) result.written++;
    else {
      result.refused.push({ path, failure });
      await finish(path, failure);
    }
  };

  // before the images that need them; one that is broken stays left out, and its images say that it is not there
  await forEachLimit(companions, writesAhead, async (each) => {
    if (!(await still.look()) || (await isThere(each, there, job, objects))) return;
    const { start, end } = entrySpan(each.entry);
    await writeEntry(each.entry, () => objects.get(upload, { start, end }), inputRef(job, each.path), objects);
  });

  const copied = images.filter(({ entry }) => isCopied(entry, objects));
  const streamed = images.filter(({ entry }) => !isCopied(entry, objects));
  await forEachLimit(copied, copyLanes, async (image) => {
    if (!(await still.look()) || (await isThere(image, there, job, objects))) return;
    await record(image.path, await copyEntry(image.entry, upload, inputRef(job, image.path), objects));
  });
  await forEachLimit(batches(streamed), maxConcurrentEntries, async (batch) => {
    if (!(await still.look())) return;
    const missing: PlannedImage[] = [];
    for (const image of batch.images) if (!(await isThere(image, there, job, objects))) missing.push(image);
    const stream: OpenRange = (start, end) =>
      objects.open === undefined ? objects.get(upload, { start, end }) : sourceChunks(source, start, end);
    await copy({ ...batch, images: missing }, source, stream, async ({ path, entry }, openSpan) =>
      record(path, await writeEntry(entry, openSpan, inputRef(job, path), objects)),
    );
  });
  if (!still.isOpen) return 'not open';
  result.images = files.length - leftOut.length - result.refused.length;
  await sealAndAdvance(job, ports);
  return result;
}

const stored = ({ code, message }: Failure): StoredFailure => ({ code, message });
const failed = (failure: Failure): Outcome => ({ state: 'failed', failure: stored(failure) });

/** Longer than an unpacking takes: a process that is killed gives nothing back. */
const reservedSeconds = 60 * 60;

async function reserve(images: readonly PlannedImage[], job: JobRef, storage: StorageQuota | undefined): Promise<void> {
  const wanted = images.map(({ path, entry }) => ({ ref: inputRef(job, path), bytes: entry.bytes }));
  const short = await storage?.reserve(wanted, reservedSeconds);
  if (short === undefined) return;
  const unpacked = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  const left = Math.max(0, short.limit - short.used - short.reserved);
  throw new Failure('archiveTooLarge', { unpacked: formatBytes(unpacked), left: formatBytes(left) });
}

/** Not every store lists checksums; an object without a known checksum is written again. */
async function isThere(
  { path, entry }: PlannedImage,
  there: ReadonlyMap<string, ObjectHead>,
  job: JobRef,
  objects: ObjectStore,
): Promise<boolean> {
  const ref = inputRef(job, path);
  const listed = there.get(ref.key);
  if (listed?.bytes !== entry.bytes) return false;
  return (listed.crc32 ?? (await objects.head(ref))?.crc32) === entry.crc32;
}

type OpenRange = (start: number, end: number) => Chunks | Promise<Chunks>;

/** Fetches a batch and hands each image the bytes of its span: as a stream, or cut from one window. */
async function copy(
  { start, end, images }: Batch,
  source: ByteSource,
  stream: OpenRange,
  each: (image: PlannedImage, open: OpenSpan) => Promise<void>,
): Promise<void> {
  if (images.length === 0) return;
  if (images.length === 1) {
    const span = entrySpan(images[0]!.entry);
    return each(images[0]!, () => stream(span.start, span.end));
  }
  const window = await source.read(start, end - start);
  await forEachLimit(images, writesAhead, (image) => {
    const span = entrySpan(image.entry);
    return each(image, () => once(window.subarray(span.start - start, span.end - start)));
  });
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}

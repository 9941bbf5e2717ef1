import { z } from 'zod';
import { Failure } from '../../core/errors.ts';
import { awaitedRef, type JobRef, type ObjectRef, requestRef } from '../../core/object-keys.ts';
import { refusalWords } from '../../core/refusal-words.ts';
import { readJson } from '../../object-streams/read-object.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** What is known of a request that was sent, or is about to be. */
const requestRecord = z.object({
  /** From 1. */
  attempt: z.int().positive(),
  /** Milliseconds since 1970. */
  sentAt: z.number(),
  /** Keys in `results`: where the answer will be, or what the container said instead. Absent: its sender died meanwhile. */
  answer: z.string().optional(),
  failure: z.string().optional(),
});
export type RequestRecord = z.infer<typeof requestRecord>;

/** Why an attempt failed: the container's status, where one is known, and its words. */
const failedAttempt = z.object({ status: z.int().optional(), words: z.string() });
export type FailedAttempt = z.infer<typeof failedAttempt>;

/** Which request an image waits for first, and the message that goes on with it. */
const awaited = z.object({
  request: z.string(),
  /** Of the image's job; 0 for a package. */
  generation: z.int().nonnegative(),
  message: z.object({ owner: z.string(), id: z.string(), path: z.string(), rounds: z.int().exactOptional() }),
});
export type Awaited = z.infer<typeof awaited>;

/** One image, as its keys name it. */
export interface KeptImage extends JobRef {
  image: string;
}

const refOf = ({ image, ...job }: KeptImage, name: string): ObjectRef => requestRef(job, image, name);
const failedRef = (of: KeptImage, request: string, attempt: number) => refOf(of, `${request}.${attempt}.failed`);
export const inputOf = (of: KeptImage, request: string): ObjectRef => refOf(of, `${request}.npy`);
export const answerOf = (of: KeptImage, request: string): ObjectRef => refOf(of, `${request}.out`);

/** A small object, where it is there. */
async function read<T>(objects: ObjectStore, ref: ObjectRef, schema: z.ZodType<T>): Promise<T | undefined> {
  if ((await objects.head(ref)) === undefined) return undefined;
  const value = await readJson(objects, ref).catch(goneAsUndefined);
  return value === undefined ? undefined : schema.parse(value);
}

/** The image has ended meanwhile, or somebody else was faster. */
function goneAsUndefined(error: unknown): undefined {
  if (!(error instanceof Failure && error.code === 'objectMissing')) throw error;
}

const write = (objects: ObjectStore, ref: ObjectRef, value: object) =>
  objects.put(ref, Buffer.from(JSON.stringify(value)));

export const readRequest = (of: KeptImage, request: string, objects: ObjectStore): Promise<RequestRecord | undefined> =>
  read(objects, refOf(of, `${request}.json`), requestRecord);
export const writeRequest = (of: KeptImage, request: string, record: RequestRecord, objects: ObjectStore) =>
  write(objects, refOf(of, `${request}.json`), record);

/** Moves the answer to its image. Whether it is there then; safe to repeat, and for two at once. */
export async function takeAnswer(
  of: KeptImage,
  request: string,
  key: string | undefined,
  objects: ObjectStore,
): Promise<boolean> {
  const own = answerOf(of, request);
  if ((await objects.head(own)) !== undefined) return true;
  if (key === undefined) return false;
  const from: ObjectRef = { bucket: 'results', key };
  if ((await objects.head(from)) === undefined) return (await objects.head(own)) !== undefined;
  const made = await objects.compose(own, [{ from }]).catch(goneAsUndefined);
  await objects.remove(from);
  return made !== undefined || (await objects.head(own)) !== undefined;
}

/** Why the last attempt failed, where it did: as it was noted, or where the notice was lost by what the container said. */
export async function readFailure(
  of: KeptImage,
  request: string,
  record: RequestRecord,
  objects: ObjectStore,
): Promise<FailedAttempt | undefined> {
  const { attempt, failure: key } = record;
  const noted = await read(objects, failedRef(of, request, attempt), failedAttempt);
  if (noted !== undefined || key === undefined) return noted;
  if ((await objects.head({ bucket: 'results', key })) === undefined) return undefined;
  return noteFailure(of, { request, attempt, reason: undefined }, record, objects);
}

/** Notes why an attempt failed, by what the endpoint and its container said, in place of the container's words. */
export async function noteFailure(
  of: KeptImage,
  { request, attempt, reason }: { request: string; attempt: number; reason: string | undefined },
  { failure: key }: RequestRecord,
  objects: ObjectStore,
): Promise<FailedAttempt> {
  const why = (await readSaid(key, reason, objects)) ?? failureOf(reason, '');
  await write(objects, failedRef(of, request, attempt), why);
  if (key !== undefined) await objects.remove({ bucket: 'results', key });
  return why;
}

async function readSaid(
  key: string | undefined,
  reason: string | undefined,
  objects: ObjectStore,
): Promise<FailedAttempt | undefined> {
  if (key === undefined) return undefined;
  const ref: ObjectRef = { bucket: 'results', key };
  const { bytes } = (await objects.head(ref)) ?? {};
  if (bytes === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await objects.get(ref, { start: 0, end: Math.min(bytes, mostWords) }))
    chunks.push(chunk as Uint8Array);
  return failureOf(reason, refusalWords(Buffer.concat(chunks)));
}

/** Bytes of what a container says that are read. */
const mostWords = 64 * 1024;

/**
 * SageMaker writes `Received client error (422) from primary with message "TEXT"`, in the notice and, by what people show of
 * theirs, in the object with the failure too; that one may also be the container's answer as it was.
 */
function failureOf(reason = '', said: string): FailedAttempt {
  const [, status] = / error \((\d{3})\)/.exec(reason) ?? / error \((\d{3})\)/.exec(said) ?? [];
  const quoted = [said, reason].map((text) => / with message "([\s\S]*)"/.exec(text)?.[1]).find(Boolean);
  const words = quoted === undefined ? said || reason : refusalWords(Buffer.from(quoted));
  return { ...(status !== undefined && { status: Number(status) }), words: words || 'no reason is given' };
}

const awaitedOf = ({ image, ...job }: KeptImage): ObjectRef => awaitedRef(job, image);

export const readAwaited = (of: KeptImage, objects: ObjectStore): Promise<Awaited | undefined> =>
  read(objects, awaitedOf(of), awaited);
export const writeAwaited = (of: KeptImage, value: Awaited, objects: ObjectStore) =>
  write(objects, awaitedOf(of), value);

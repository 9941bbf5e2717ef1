import { type CorrectedEnd, type CorrectedRound, correctedEnd, correctedRound } from '../core/corrected-round.ts';
import {
  correctedDownloadRef,
  correctedResultRef,
  correctedStateRef,
  correctedTableRef,
  downloadRef,
  type JobRef,
  jobPrefix,
  type ObjectRef,
  type RoundRef,
  resultKinds,
  resultRef,
} from '../core/object-keys.ts';
import { readJson } from '../object-streams/read-object.ts';
import type { ObjectStore, Part, Parts } from '../ports/object-store.ts';
import type { Ports } from '../ports/ports.ts';
import { fileDigest } from './edit-log.ts';

type Reading = Pick<ObjectStore, 'head' | 'get'>;

/** The newest round of a job; undefined where there is none. */
export const readRound = (job: JobRef, objects: Reading): Promise<CorrectedRound | undefined> =>
  readState(correctedStateRef(job, 'round'), objects, (value) => correctedRound.parse(value));

/** How the last round ended that did. */
export const readEnd = (job: JobRef, objects: Reading): Promise<CorrectedEnd | undefined> =>
  readState(correctedStateRef(job, 'end'), objects, (value) => correctedEnd.parse(value));

export async function writeRound(job: JobRef, round: CorrectedRound, objects: Pick<ObjectStore, 'put'>): Promise<void> {
  await objects.put(correctedStateRef(job, 'round'), Buffer.from(JSON.stringify(round)));
}

export async function writeEnd(job: JobRef, end: CorrectedEnd, objects: Pick<ObjectStore, 'put'>): Promise<void> {
  await objects.put(correctedStateRef(job, 'end'), Buffer.from(JSON.stringify(end)));
}

/** Writes down why a round has no results. */
export const failRound = (
  job: JobRef,
  number: number,
  failure: NonNullable<CorrectedEnd['failure']>,
  { objects, clock }: Pick<Ports, 'objects' | 'clock'>,
): Promise<void> => writeEnd(job, { number, at: new Date(clock.now()).toISOString(), failure }, objects);

async function readState<T>(ref: ObjectRef, objects: Reading, parse: (value: unknown) => T): Promise<T | undefined> {
  return (await objects.head(ref)) === undefined ? undefined : parse(await readJson(objects, ref));
}

/** Where a round has what the job has without corrections; objects that are the same in both stay where they are. */
export type WhereCorrected = (ref: ObjectRef) => ObjectRef;

export function whereCorrected(
  job: RoundRef,
  { number, images }: Pick<CorrectedRound, 'number' | 'images'>,
): WhereCorrected {
  const moved = new Map<string, ObjectRef>();
  for (const { path, revision } of images) {
    const file = fileDigest(path);
    for (const kind of resultKinds)
      moved.set(resultRef(job, path, kind).key, correctedResultRef(job, file, revision, kind));
  }
  const tables = `${jobPrefix(job)}.tables/${job.generation}/`;
  const download = downloadRef(job).key;
  return (ref) => {
    if (ref.bucket === 'downloads') return ref.key === download ? correctedDownloadRef(job, number) : ref;
    if (ref.bucket !== 'results') return ref;
    if (ref.key.startsWith(tables)) return correctedTableRef(job, number, ref.key.slice(tables.length));
    return moved.get(ref.key) ?? ref;
  };
}

/** The store as a round sees it: its own results in the place of those without corrections. Lists leave its own out. */
export function correctedObjects(objects: ObjectStore, where: WhereCorrected): ObjectStore {
  const { copiesFrom, coldStorage } = objects;
  const open = objects.open?.bind(objects);
  const movedParts = async function* (parts: Parts): AsyncGenerator<Part> {
    for await (const part of parts) yield 'from' in part ? { ...part, from: where(part.from) } : part;
  };
  return {
    ...(copiesFrom !== undefined && { copiesFrom }),
    ...(coldStorage !== undefined && { coldStorage }),
    head: (ref) => objects.head(where(ref)),
    get: (ref, range) => objects.get(where(ref), range),
    ...(open !== undefined && { open: (ref: ObjectRef) => open(where(ref)) }),
    put: (ref, body, conditions) => objects.put(where(ref), body, conditions),
    compose: (ref, parts) => objects.compose(where(ref), movedParts(parts)),
    async list(bucket, prefix, page) {
      const found = await objects.list(bucket, prefix, page);
      return { ...found, objects: found.objects.filter(({ key }) => where({ bucket, key }).key === key) };
    },
    remove: (ref) => objects.remove(where(ref)),
    removeAll: (bucket, prefix) => objects.removeAll(bucket, prefix),
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

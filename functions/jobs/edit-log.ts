import { createHash } from 'node:crypto';
import { mapInOrder } from '../async/map-in-order.ts';
import { type EditEntry, type EditOperation, editEntry } from '../core/edits.ts';
import { Failure } from '../core/errors.ts';
import { editRef, editsPrefix, type JobRef } from '../core/object-keys.ts';
import { allObjects } from '../object-streams/all-pages.ts';
import { readJson } from '../object-streams/read-object.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** One image of a job. */
export interface ImageRef extends JobRef {
  path: string;
}

/** Entries read at once. */
const readsAhead = 16;

/** Names an image in keys: of a fixed length, as paths may be as long as keys can be. */
export const fileDigest = (path: string): string => createHash('sha256').update(path).digest('hex');

type Entries = { entries: EditEntry[]; more: boolean };
const bytesOfPage = 2 << 20;

/**
 * The log of one image's corrections, which only grows: an object an entry, put where none is, so that of two editors at once
 * one gets the next revision and the other one the one after it. It goes with the results of its job.
 */
export interface EditLog {
  /** Entries after a revision, as many as make a page; `more`: there are others after them. */
  read(image: ImageRef, after: number): Promise<Entries>;
  /** All entries, or those up to a revision. */
  all(image: ImageRef, to?: number): Promise<EditEntry[]>;
  /** Whether there is this revision; 0 always is. */
  has(image: ImageRef, revision: number): Promise<boolean>;
  /**
   * Stores the operations that are not in the log after `after`, which is what their editor had seen. Returns what is there
   * after it then, these included. A repeat stores nothing twice.
   */
  append(image: ImageRef, after: number, made: Omit<EditEntry, 'revision' | 'path'>): Promise<EditEntry[]>;
  /** The images of a job that have an entry, in order of their paths, and the last revision of each. */
  images(job: JobRef): Promise<{ path: string; revision: number }[]>;
}

export function editLog(objects: Pick<ObjectStore, 'list' | 'head' | 'get' | 'put'>): EditLog {
  const keysAfter = async function* ({ path, ...job }: ImageRef, after: number) {
    const file = fileDigest(path);
    const prefix = editsPrefix(job, file);
    let from = editRef(job, file, after).key;
    for (let more = true; more; ) {
      const page = await objects.list('results', prefix, { after: from });
      for (const { key, bytes } of page.objects) yield { key, bytes };
      more = page.after !== undefined;
      from = page.after ?? from;
    }
  };
  const readEntry = async (key: string): Promise<EditEntry> => {
    const parsed = editEntry.safeParse(await readJson(objects, { bucket: 'results', key }));
    if (!parsed.success) throw new Failure('objectCorrupt', { key, detail: 'it is no entry of corrections' });
    return parsed.data;
  };
  const readAll = async (keys: readonly string[]): Promise<EditEntry[]> => {
    const entries: EditEntry[] = [];
    for await (const entry of mapInOrder(keys, readsAhead, readEntry)) entries.push(entry);
    return entries;
  };

  const read = async (image: ImageRef, after: number): Promise<Entries> => {
    const keys: string[] = [];
    let sum = 0;
    for await (const { key, bytes } of keysAfter(image, after)) {
      sum += bytes;
      if (keys.length > 0 && sum > bytesOfPage) return { entries: await readAll(keys), more: true };
      keys.push(key);
    }
    return { entries: await readAll(keys), more: false };
  };
  const all = async (image: ImageRef, to = Number.POSITIVE_INFINITY, after = 0): Promise<EditEntry[]> => {
    const keys: string[] = [];
    for await (const { key } of keysAfter(image, after)) if (revisionOf(key) <= to) keys.push(key);
    return readAll(keys);
  };

  return {
    read,
    all: (image, to) => all(image, to),
    has: async (image, revision) =>
      revision === 0 || (await objects.head(editRef(image, fileDigest(image.path), revision))) !== undefined,
    async append(image, after, { operations, by, at }) {
      let seen: EditEntry[] = [];
      for (;;) {
        seen = [...seen, ...(await all(image, undefined, seen.at(-1)?.revision ?? after))];
        const stored = new Set(seen.flatMap((entry) => entry.operations.map(({ id }) => id)));
        const fresh: EditOperation[] = operations.filter(({ id }) => !stored.has(id));
        if (fresh.length === 0) return seen;
        const { path } = image;
        const entry = { path, revision: (seen.at(-1)?.revision ?? after) + 1, by, at, operations: fresh };
        try {
          const ref = editRef(image, fileDigest(image.path), entry.revision);
          await objects.put(ref, Buffer.from(JSON.stringify(entry)), { absent: true });
          return [...seen, entry];
        } catch (error) {
          if (!(error instanceof Failure && error.code === 'objectPresent')) throw error;
        }
      }
    },
    async images(job) {
      const last = new Map<string, string>(); // key of the last entry by image
      for await (const { key } of allObjects(objects, 'results', editsPrefix(job)))
        last.set(key.slice(0, key.lastIndexOf('/')), key);
      const entries = await readAll([...last.values()]);
      return entries.map(({ path, revision }) => ({ path, revision })).sort((a, b) => (a.path < b.path ? -1 : 1));
    },
  };
}

/** As `editRef` has it. */
const revisionOf = (key: string): number => Number(/(\d+)\.json$/.exec(key)?.[1]);

import type { Bucket } from '../core/object-keys.ts';
import type { ObjectHead, ObjectStore } from '../ports/object-store.ts';

type Load<T> = (page: { cursor?: string }) => Promise<{ items: T[]; cursor?: string | undefined }>;

/** Every page of a list, each asked for when the one before it is used up. */
export async function* allPages<T>(load: Load<T>): AsyncGenerator<T[], undefined> {
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const page = await load(cursor === undefined ? {} : { cursor });
    yield page.items;
    cursor = page.cursor;
  }
  return undefined;
}

/** Every item of a list. */
export async function* allItems<T>(load: Load<T>): AsyncGenerator<T, undefined> {
  for await (const items of allPages(load)) yield* items;
  return undefined;
}

type Listed = { key: string } & ObjectHead;

const loadObjects =
  (store: Pick<ObjectStore, 'list'>, bucket: Bucket, prefix: string): Load<Listed> =>
  async ({ cursor }) => {
    const { objects, after } = await store.list(bucket, prefix, cursor === undefined ? {} : { after: cursor });
    return { items: objects, cursor: after };
  };

/** Every object below a prefix, in order of their keys. */
export const allObjects = (...below: Parameters<typeof loadObjects>): AsyncGenerator<Listed, undefined> =>
  allItems(loadObjects(...below));

/** The same in pages, as the store gives them. */
export const objectPages = (...below: Parameters<typeof loadObjects>): AsyncGenerator<Listed[], undefined> =>
  allPages(loadObjects(...below));

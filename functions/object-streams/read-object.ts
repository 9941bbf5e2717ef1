import type { ObjectRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** All bytes of a small object. Throws what the store throws: `objectMissing`. */
export async function readBytes(objects: Pick<ObjectStore, 'get'>, ref: ObjectRef): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await objects.get(ref)) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** A small object of UTF-8. */
export const readText = async (objects: Pick<ObjectStore, 'get'>, ref: ObjectRef): Promise<string> =>
  (await readBytes(objects, ref)).toString('utf8');

/** A small object of JSON. Throws SyntaxError where it is none. */
export const readJson = async (objects: Pick<ObjectStore, 'get'>, ref: ObjectRef): Promise<unknown> =>
  JSON.parse(await readText(objects, ref));

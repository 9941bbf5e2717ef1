import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ObjectRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { ReceivedPackage } from '../stages/predict/check-version.ts';

const prefix = 'received-';

/** Removes what a process that was killed had received. Only before anything is received. */
export async function clearReceived(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name.startsWith(prefix)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Copies an object into a new folder below `folder`; disposing removes that. Throws `objectMissing`. */
export async function receivePackage(ref: ObjectRef, objects: ObjectStore, folder: string): Promise<ReceivedPackage> {
  await mkdir(folder, { recursive: true });
  const own = await mkdtemp(join(folder, prefix));
  const dispose = () => rm(own, { recursive: true, force: true });
  const path = join(own, 'package.zip');
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const count = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    };
    await pipeline(await objects.get(ref), count, createWriteStream(path));
  } catch (error) {
    await dispose();
    throw error;
  }
  const sha256 = hash.digest('hex');
  return { path, sha256, bytes, read: () => createReadStream(path), [Symbol.asyncDispose]: dispose };
}

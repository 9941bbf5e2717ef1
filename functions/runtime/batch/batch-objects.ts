import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileOverlay, type OverlayFile } from '../../adapters/local/file-overlay.ts';
import { openLocalObjectStore } from '../../adapters/local/object-store.ts';
import { type ObjectRef, splitKey } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { BatchPlan } from './batch.ts';
import type { ResultFiles } from './result-files.ts';

/** Where the objects of a batch are. */
export interface BatchLocations {
  /** Of objects that have no name of the user's. */
  store: { root: string; durable: false };
  temporary: string;
  /** The file of the user that an object is: images where they are, results where they are wanted. */
  fileOf(ref: ObjectRef): OverlayFile | undefined;
}

export function batchLocations(
  { inputs, work }: Pick<BatchPlan, 'inputs' | 'work'>,
  results: ResultFiles,
): BatchLocations {
  const files = inputs.kind === 'files' ? inputs.files : [];
  const images = new Map(files.flatMap(({ path, file }) => (file === undefined ? [] : [[path, file] as const])));
  return {
    store: { root: join(work, 'store'), durable: false },
    temporary: join(work, 'temporary'),
    fileOf({ bucket, key }) {
      const { path } = splitKey(key);
      if (bucket === 'uploads' && inputs.kind === 'zip') return { path: inputs.file, writable: false };
      const image = bucket === 'inputs' ? images.get(path) : undefined;
      if (image !== undefined) return { path: image, writable: false };
      const result = results.fileOf(bucket, path);
      return result === undefined ? undefined : { path: result, writable: true };
    },
  };
}

export async function openBatchObjects({ store, temporary, fileOf }: BatchLocations): Promise<ObjectStore> {
  await rm(temporary, { recursive: true, force: true }); // left by a killed run
  return fileOverlay(await openLocalObjectStore(store), { temporary, fileOf });
}

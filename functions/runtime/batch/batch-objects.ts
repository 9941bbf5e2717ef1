import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileOverlay } from '../../adapters/local/file-overlay.ts';
import { openLocalObjectStore } from '../../adapters/local/object-store.ts';
import { splitKey } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { BatchPlan } from './batch.ts';
import type { ResultFiles } from './result-files.ts';

/** Images are read where they are, results written where they are wanted; the rest is in the work folder. */
export async function openBatchObjects(
  { inputs, work }: Pick<BatchPlan, 'inputs' | 'work'>,
  results: ResultFiles,
): Promise<ObjectStore> {
  const temporary = join(work, 'temporary');
  await rm(temporary, { recursive: true, force: true }); // left by a killed run
  const files = inputs.kind === 'files' ? inputs.files : [];
  const images = new Map(files.flatMap(({ path, file }) => (file === undefined ? [] : [[path, file] as const])));
  const base = await openLocalObjectStore({ root: join(work, 'store') });
  return fileOverlay(base, {
    temporary,
    fileOf({ bucket, key }) {
      const { path } = splitKey(key);
      if (bucket === 'uploads' && inputs.kind === 'zip') return { path: inputs.file, writable: false };
      const image = bucket === 'inputs' ? images.get(path) : undefined;
      if (image !== undefined) return { path: image, writable: false };
      const result = results.fileOf(bucket, path);
      return result === undefined ? undefined : { path: result, writable: true };
    },
  });
}

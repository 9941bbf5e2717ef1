import { type JobRef, type ResultKind, resultRef } from '../../functions/core/object-keys.ts';
import { finishAndAdvance, sealAndAdvance } from '../../functions/jobs/advance.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { packageResults } from '../../functions/stages/zip/package.ts';
import { noise } from './bytes.ts';

/** Of which the archive has the labels and the ROIs. */
const kinds = ['labels.tif', 'preview.png', 'measurements.csv', 'rois.zip'] as const satisfies ResultKind[];

/** Results of one image, which get the sizes from `bytes` on. */
export interface Completed {
  path: string;
  bytes: number;
}

/** What predict leaves of one image. */
export async function storeResults(ref: JobRef, { path, bytes }: Completed, objects: ObjectStore): Promise<void> {
  const made = kinds.map((kind, i) => [kind, noise(bytes + i, i + 1)] as const);
  for (const [kind, content] of made) await objects.put(resultRef(ref, path, kind), content);
  const summary = {
    ...{ path, sha256: 'a'.repeat(64), bytes: 1, height: 1, width: 1, samples: 1, type: 'uint16' },
    ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 }, objects: 0 },
    model: { name: 'nuclei', version: '1', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
    settings: { probabilities: false },
    outputs: made.map(([kind, content]) => ({ kind, bytes: content.length })),
  };
  await objects.put(resultRef(ref, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
}

/** A job whose images are done and whose zip is made by the stage. */
export async function completeJob(
  ref: JobRef,
  images: readonly Completed[],
  ports: Pick<Ports, 'objects' | 'jobs' | 'queue' | 'archiving'>,
): Promise<void> {
  const { jobs, objects } = ports;
  await jobs.create({ ...ref, name: 'plate', settings: { model: { name: 'nuclei', sha256: '0' } } });
  await jobs.expect(
    ref,
    images.map(({ path }) => ({ path, bytes: 1 })),
  );
  for (const image of images) {
    await storeResults(ref, image, objects);
    await finishAndAdvance(ref, image.path, { state: 'done' }, ports);
  }
  await sealAndAdvance(ref, ports);
  await packageResults({ ...ref, generation: 1 }, { ...ports, version: '1' });
}

import { writeFile } from 'node:fs/promises';
import { fileOverlay } from '../adapters/local/file-overlay.ts';
import { openLocalObjectStore } from '../adapters/local/object-store.ts';
import { weightedSemaphore } from '../async/semaphore.ts';
import { inputRef, resultRef } from '../core/object-keys.ts';
import { isRegionsFile } from '../core/regions-file.ts';
import { besideFile } from '../image/sibling-files.ts';
import { openEngine } from '../model/engine/engine.ts';
import { openModel } from '../model/package/package.ts';
import { modelInput } from '../stages/predict/channel.ts';
import { predictImage } from '../stages/predict/predict-image.ts';
import type { PredictServices } from '../stages/predict/services.ts';
import { siblingPresent } from '../stages/predict/sibling-in-job.ts';
import { type AloneTask, nameOfObject } from './predict-alone.ts';

/*
 * The process of predict-alone: one task comes by its channel. It exits with 0 when it got through, also where the image
 * cannot be predicted: why is found out once more by who started it.
 */

process.once('message', (task: AloneTask) => {
  void predictTask(task).then(
    () => process.exit(0),
    () => process.exit(0),
  );
});
process.on('disconnect', () => process.exit(0)); // who started it has ended
process.on('SIGINT', () => {}); // Ctrl-C is for who started it

async function predictTask({ image, settings, generation, model: path, ...task }: AloneTask): Promise<void> {
  // Where memory runs out Linux is to end this process, not the one that waits for it. Other systems have no such file.
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => {});
  const { workers, memoryLimit, overlay } = task;
  await using store = await openLocalObjectStore(task.store);
  const objects =
    overlay === undefined
      ? store
      : fileOverlay(store, { temporary: overlay.temporary, fileOf: (ref) => overlay.files[nameOfObject(ref)] });
  const model = await openModel(path);
  await using engine = await openEngine(model, { workers });
  const admit = weightedSemaphore(memoryLimit);
  const file = overlay?.files[nameOfObject(inputRef(image, image.path))]?.path;
  const missing: string[] = [];
  // most images have no regions: who takes the result compares those that it was counted in
  const noteMissing = (name: string) => void (isRegionsFile(name) || missing.push(name));
  const services = {
    objects,
    sibling: file === undefined ? siblingPresent(objects, noteMissing) : siblingBeside(file),
    engine,
    input: modelInput(model.description),
    generation,
    planesAhead: workers + 1,
    admit,
  };
  await predictImage(image, settings, services);
  // The file may be on its way: who started this process waits for it, and does not take a result without its words.
  if (missing.length > 0) await objects.remove(resultRef(image, image.path, 'summary.json'));
}

type Sibling = NonNullable<PredictServices['sibling']>;

/** Opens what lies in the folder of an image's file; a name that is not UTF-8 has nothing beside it, as in the usual way. */
const siblingBeside =
  (file: string | Buffer): Sibling =>
  async (_, name) =>
    typeof file === 'string' ? besideFile(file).sibling?.(name) : undefined;

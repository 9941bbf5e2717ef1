import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { externalOf, openModel } from '../../functions/model/package/package.ts';
import { openPackageFiles } from '../../functions/model/package/package-files.ts';
import { modelView } from '../../functions/stages/predict/model-view.ts';
import { functionNames } from '../functions.ts';
import { type Architecture, nativeFiles } from './native.ts';

export interface Assembly {
  /** What `bundleFunctions` wrote. */
  bundles: string;
  /** Emptied first. */
  out: string;
  architecture: Architecture;
  /** Model packages, folders or zips; the first is the default. */
  models: readonly string[];
}

/**
 * The functions as Lambda gets them, a folder each: code, and for predict the models and onnxruntime for Linux. Nothing is
 * compiled and nothing fetched. The same input gives the same bytes. Throws what a model that cannot be used throws.
 */
export async function assembleFunctions({ bundles, out, architecture, models }: Assembly): Promise<void> {
  const opened = await Promise.all(models.map(openModel));
  await rm(out, { recursive: true, force: true });
  for (const name of functionNames) await cp(join(bundles, name), join(out, name), { recursive: true });
  await writeFile(join(out, 'api/models.json'), JSON.stringify(opened.map(modelView)));
  for (const [i, path] of models.entries()) {
    const files = await openPackageFiles(path);
    const { description, weights } = opened[i]!;
    if (description.weights === undefined)
      throw new Failure('modelUnsupported', {
        detail: 'config.labdeploy.container: functions on AWS run no containers',
      });
    const external = [...externalOf(weights, description).values()].map((file) => file.path);
    for (const file of [files.description, description.weights.path, ...external]) {
      const target = join(out, 'predict/models', String(i), file);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await files.read(file));
    }
  }
  for (const [name, path] of Object.entries(nativeFiles(architecture)))
    await copyFile(path, join(out, 'predict', name));
}

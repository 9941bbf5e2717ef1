import { copyFile, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { type PictureSetup, setupFile } from '../../functions/core/pictures/picture-setup.ts';
import { externalOf, openModel } from '../../functions/model/package/package.ts';
import { openPackageFiles } from '../../functions/model/package/package-files.ts';
import { packageRoot } from '../../functions/stack/package-root.ts';
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
  /** Where the service has pictures of people; elsewhere no detector of faces is put beside any code. */
  pictures?: PictureSetup;
}

/**
 * The functions as Lambda gets them, a folder each: code, and for predict the models and onnxruntime for Linux, for pictures
 * the detector of faces and the same. Nothing is compiled and nothing fetched. The same input gives the same bytes. Throws what a model that cannot be used throws.
 */
export async function assembleFunctions({ bundles, out, architecture, models, pictures }: Assembly): Promise<void> {
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
  for (const name of ['predict', ...(pictures === undefined ? [] : ['pictures'])])
    for (const [file, path] of Object.entries(nativeFiles(architecture))) await copyFile(path, join(out, name, file));
  if (pictures === undefined) return;
  await copyFile(join(packageRoot, 'models/faces/centerface.onnx'), join(out, 'pictures/faces.onnx'));
  for (const name of ['pictures', 'api']) await writeFile(join(out, name, setupFile), JSON.stringify(pictures));
}

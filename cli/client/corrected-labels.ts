import { type LabelPlanes, type LabelSize, LabelsMisfit, openLabels } from '../../client/labels/labels-of-file.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { readRoiSet } from '../../functions/regions/roi-set.ts';
import { UserError } from '../errors.ts';

/** Labels of a file of this machine: see openLabels. Throws `labelsMisfit`. */
export async function openCorrectedLabels(file: string, size: LabelSize): Promise<LabelPlanes & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const source = opened.use(await openFileSource(file));
  const readRois = (from: typeof source, most: number) => readRoiSet(from, file, most);
  const { planeOf } = await asUserErrors(file, () => openLabels({ name: file, source, openImage, readRois }, size));
  const parts = opened.move();
  return {
    planeOf: (plane) => asUserErrors(file, () => planeOf(plane)),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

async function asUserErrors<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LabelsMisfit)
      throw new UserError('labelsMisfit', { file, why: error.message }, { cause: error });
    throw error;
  }
}

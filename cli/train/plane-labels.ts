import { unknownLabel } from '../../functions/core/data-set.ts';
import type { Plane } from '../../functions/image/image.ts';
import { components, runsAbove } from '../../functions/model/instances/runs.ts';
import { UserError } from '../errors.ts';

/** Largest label that the trainer's whole numbers hold. */
const largestLabel = 2 ** 31 - 1;
/** One label in more separate parts than this is a mask: all of it would be trained on as a single object. */
const mostParts = 3;

/** Labels of a plane as whole numbers. Throws `labelsUnfit` where the size is another, a value is no label, or it is a mask. */
export function planeLabels(
  { data, width, height, samples }: Pick<Plane, 'data' | 'width' | 'height' | 'samples'>,
  image: { width: number; height: number },
  file: string,
): Int32Array<ArrayBuffer> {
  const unfit = (detail: string) => new UserError('labelsUnfit', { file, detail });
  if (width !== image.width || height !== image.height)
    throw unfit(`it is ${width} x ${height} px, the image ${image.width} x ${image.height}`);
  if (samples !== 1) throw unfit(`it is a colour picture of ${samples} samples a pixel`);
  const labels = new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (!Number.isInteger(value) || value < unknownLabel || value > largestLabel)
      throw unfit(`it has the value ${value}, which is no label`);
    labels[i] = value;
  }
  const parts =
    countObjects(labels) === 1 ? components(runsAbove(Float32Array.from(labels), height, width, 1), true).count : 1;
  if (parts > mostParts)
    throw unfit(`it is a mask: ${parts} separate parts that all have the value ${labels.find((label) => label > 0)}`);
  return labels;
}

/** Objects of a plane: different labels. */
export function countObjects(labels: Int32Array): number {
  const found = new Set(labels);
  for (const none of [0, unknownLabel]) found.delete(none);
  return found.size;
}

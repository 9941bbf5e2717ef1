import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Plane } from '../../functions/image/image.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import type { ReadingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { type ModelInput, readChosen } from '../../functions/stages/predict/channel.ts';
import { chooseFilled, likelyPositions } from '../../functions/stages/predict/filled-sample.ts';
import { planePositions } from '../../functions/stages/predict/plane-indices.ts';
import { UserError } from '../errors.ts';
import { countObjects, planeLabels } from './plane-labels.ts';

/** Files of one plane in the trainer's folder: float32 and int32, little-endian, row by row. */
interface PlaneFiles {
  image: string;
  labels: string;
  /** Rows and columns. */
  shape: [number, number];
}

export interface LabelledImage {
  image: string;
  label: string;
  /** sha256 of the pixels of its planes, whatever file holds them; and of those of its labels. */
  hash: string;
  labelHash: string;
  planes: PlaneFiles[];
  objects: number;
  /** Some pixel of it is in no object. */
  hasBackground: boolean;
}

interface Reading {
  reading: ReadingThreads;
  input: ModelInput;
  /** Channel to train on, as the user named it. */
  wish: string | undefined;
  /** Where the planes are written. */
  folder: string;
}

/** Checks an image and its labels and writes their planes. Throws `labelsUnfit` where they do not fit or a value of the image is no number. */
export async function readLabelled(
  { image: imageFile, label: labelFile }: { image: string; label: string },
  { reading, input, wish, folder }: Reading,
): Promise<LabelledImage> {
  await using imageSource = await openFileSource(imageFile);
  await using labelSource = await openFileSource(labelFile);
  await using image = await reading.openImage(imageSource, besideFile(imageFile));
  await using labelImage = await reading.openImage(labelSource, besideFile(labelFile));
  const positions = [...planePositions(image.info)];
  const labelled = [...planePositions(labelImage.info)].length;
  if (labelled !== positions.length)
    throw new UserError('labelsUnfit', {
      file: labelFile,
      detail: `it has ${labelled} planes, the image ${positions.length}`,
    });
  const choice = await chooseFilled(image, { input, wish, positions: likelyPositions(positions) });
  const [hash, labelHash] = [createHash('sha256'), createHash('sha256')];
  const found: LabelledImage = {
    ...{ image: imageFile, label: labelFile, hash: '', labelHash: '' },
    ...{ planes: [], objects: 0, hasBackground: false },
  };
  await mkdir(folder, { recursive: true });
  for (const position of positions) {
    const [plane] = await readChosen(image, position, choice);
    const values = finiteValues(plane!, imageFile);
    const labels = planeLabels(await labelImage.readPlane({ ...position, channel: 0 }), plane!, labelFile);
    const size = `${plane!.height} x ${plane!.width}\n`;
    hash.update(size).update(values);
    labelHash.update(size).update(labels);
    found.planes.push(await writePlane(folder, { values, labels, shape: [plane!.height, plane!.width] }));
    found.objects += countObjects(labels);
    found.hasBackground ||= labels.includes(0);
  }
  return { ...found, hash: hash.digest('hex'), labelHash: labelHash.digest('hex') };
}

function finiteValues({ data }: Plane, file: string): Float32Array<ArrayBuffer> {
  const values = Float32Array.from(data as ArrayLike<number | bigint>, Number);
  const odd = values.find((value) => !Number.isFinite(value));
  if (odd !== undefined)
    throw new UserError('labelsUnfit', { file, detail: `the image has the value ${odd}, which cannot be trained on` });
  return values;
}

/** Named by what is in them, so that the same images give the same plan. */
async function writePlane(
  folder: string,
  {
    values,
    labels,
    shape,
  }: { values: Float32Array<ArrayBuffer>; labels: Int32Array<ArrayBuffer>; shape: [number, number] },
): Promise<PlaneFiles> {
  const write = async (data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>, ending: string): Promise<string> => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const name = `${createHash('sha256').update(`${shape}\n`).update(bytes).digest('hex')}.${ending}`;
    await writeFile(join(folder, `${name}.new`), bytes);
    await rename(join(folder, `${name}.new`), join(folder, name));
    return name;
  };
  return { image: await write(values, 'f4'), labels: await write(labels, 'i4'), shape };
}

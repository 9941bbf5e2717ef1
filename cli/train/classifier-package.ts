import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { featureNames, reach } from '../../functions/forest/filter-graph.ts';
import { featureModel } from '../../functions/forest/forest-model.ts';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { npyHeader } from '../../functions/model/package/npy.ts';
import type { ReadingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { descriptionFile } from './base-model.ts';
import { cardReadme } from './card-readme.ts';
import { normalisation } from './pixel-samples.ts';
import type { TrainingCard } from './training-card.ts';
import { packageName } from './write-package.ts';

/** Sizes that the model takes, px: from more than the halo on both sides. */
const [leastSide, step, halo] = [96, 16, Math.ceil(reach / 8) * 8];
/** Rows and columns of a run: the features of each pixel take 68 bytes. */
const tile = 512;
/** Rows and columns of the test input. */
const testSide = 112;
const maps = ['object', 'edge'];

interface Described {
  name: string;
  about: string;
  channels: readonly string[];
  preprocessing: readonly unknown[];
  sha256?: Record<string, string>;
  card?: TrainingCard;
}

const axes = (channels: readonly string[], size: (axis: string) => object) => [
  { type: 'batch' },
  { type: 'channel', channel_names: channels },
  ...['y', 'x'].map((id) => ({ type: 'space', id, ...size(id) })),
];

const description = ({ name, about, channels, preprocessing, sha256 = {}, card }: Described) => ({
  format_version: '0.5.4',
  type: 'model',
  name: packageName(name),
  version: '1.0.0',
  description: about,
  authors: [{ name: 'labdeploy train' }],
  license: 'CC0-1.0',
  documentation: 'README.md',
  cite: [{ text: 'Breiman, Leo. Random forests. Machine Learning 45, 5 (2001).', doi: '10.1023/A:1010933404324' }],
  tags: ['instance-segmentation', 'random-forest', '2d'],
  inputs: [
    {
      id: 'raw',
      axes: axes(['raw'], () => ({ size: { min: leastSide, step } })),
      data: { type: 'float32' },
      test_tensor: { source: 'test_input.npy', ...hashOf(sha256, 'test_input.npy') },
      preprocessing,
    },
  ],
  outputs: [
    {
      id: 'maps',
      axes: axes(channels, (axis_id) => ({ size: { tensor_id: 'raw', axis_id }, halo })),
      data: { type: 'float32' },
      test_tensor: { source: 'test_output.npy', ...hashOf(sha256, 'test_output.npy') },
    },
  ],
  weights: { onnx: { source: 'weights.onnx', ...hashOf(sha256, 'weights.onnx'), opset_version: 16 } },
  config: {
    labdeploy: { tile, halo, instances: instances(channels) },
    ...(card !== undefined && { training: card }),
  },
});

const hashOf = (sha256: Record<string, string>, file: string) =>
  sha256[file] === undefined ? {} : { sha256: sha256[file] };

const instances = (channels: readonly string[]) =>
  channels === maps
    ? { method: 'watershed', foreground: 'object', boundary: 'edge', threshold: 0.5, sigma: 1, minArea: 20 }
    : { method: 'threshold', foreground: channels[0] };

/** A package that gives the features of a normalised plane, or what other weights make of it in as many maps. */
export async function writeFeaturePackage(folder: string, weights: Uint8Array = featureModel()): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'weights.onnx'), weights);
  const about = { name: 'features', about: 'Filters of a plane.', channels: featureNames, preprocessing: [] };
  await writeFile(join(folder, descriptionFile), stringify(description(about)));
}

/**
 * Writes the package of a pixel classifier: `object`, the probability that a pixel is in an object, and `edge`, that it is
 * one beside others. Its test input is drawn, no image of anybody.
 */
export async function writeClassifierPackage(
  folder: string,
  { name, card, weights }: { name: string; card: TrainingCard; weights: Uint8Array },
  reading: ReadingThreads,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const data = testInput();
  const shape = [testSide, testSide];
  const write = (file: string, ...parts: Uint8Array[]) => writeFile(join(folder, file), Buffer.concat(parts));
  await write('weights.onnx', weights);
  await write('test_input.npy', npyHeader([1, 1, ...shape]), bytesOf(data));
  const described: Described = {
    name,
    about: `A random forest over filters of each pixel's surroundings, trained on ${card.objects} objects of ${card.images} images by labdeploy train.`,
    channels: maps,
    preprocessing: [
      { id: 'ensure_dtype', kwargs: { dtype: 'float32' } },
      { id: 'scale_range', kwargs: { axes: ['channel', 'y', 'x'], ...normalisation } },
    ],
    card,
  };
  await write(descriptionFile, Buffer.from(stringify(description(described))));
  {
    await using engine = await openEngine(await reading.openModel(folder), { workers: availableParallelism() });
    const plane = { height: testSide, width: testSide, samples: 1, type: 'float32' as const, data };
    const { data: made } = await engine.predict([plane]);
    await write('test_output.npy', npyHeader([1, maps.length, ...shape]), ...made.map(bytesOf));
  }
  const sha256: Record<string, string> = {};
  for (const file of ['weights.onnx', 'test_input.npy', 'test_output.npy'])
    sha256[file] = createHash('sha256')
      .update(await readFile(join(folder, file)))
      .digest('hex');
  await write(descriptionFile, Buffer.from(stringify(description({ ...described, sha256 }))));
  await write('README.md', Buffer.from(cardReadme(name, card, 'CC0-1.0')));
}

const bytesOf = (data: Float32Array): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** Blots of growing size on a slope. */
function testInput(): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: testSide * testSide }, (_, i) => {
    const [y, x] = [Math.floor(i / testSide), i % testSide];
    const [dy, dx] = [(y % 28) - 14, (x % 28) - 14];
    const width = 3 + Math.floor(x / 28);
    return 100 + y + 900 * Math.exp(-(dy * dy + dx * dx) / (2 * width * width));
  });
}

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { externalFiles } from '../../../functions/model/package/external-data.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { zipOf } from '../../support/model-packages.ts';
import { planeOf } from '../../support/models.ts';
import { factorBytes, multiplyModel, writeMultiplyPackage } from '../../support/onnx-model.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
const at = (...names: string[]) => join(folder.path, ...names);
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** What the model gives for a plane of 1, 2, 3 … */
async function predicted(path: string, size = 2): Promise<number[]> {
  await using engine = await openEngine(await openModel(path), { workers: 1 });
  return Array.from((await engine.predict([planeOf(size, size, (y, x) => size * y + x + 1)])).data[0]!);
}

describe('weights in more than one file', () => {
  const external = 'weights.onnx.data';

  it('finds the files that weights name, in the graph and in its nodes', () => {
    expect(externalFiles(multiplyModel({ factor: 3 }))).toEqual([]);
    expect(externalFiles(multiplyModel({ factor: 3, external }))).toEqual([external]);
    expect(() => externalFiles(Buffer.from('no model'))).toThrow(expect.objectContaining({ code: 'modelBroken' }));
    expect(() => externalFiles(multiplyModel({ factor: 3 }).subarray(0, -1))).toThrow('it is cut off');
  });

  it.each([
    ['lies beside the weights', ''],
    ['is named by the description', `, external_data: {source: ${external}}`],
  ])('reads the file that %s, from a folder and from a zip', async (_, weights) => {
    await writeMultiplyPackage(at('model'), { factor: 3, external }, { weights });
    await writeFile(at('model', external), factorBytes(3));
    expect(await predicted(at('model'))).toEqual([3, 6, 9, 12]);
    await writeFile(at('model.zip'), await zipOf(at('model')));
    expect(await predicted(at('model.zip'))).toEqual([3, 6, 9, 12]);
  });

  it('tells models apart by what is in the other file', async () => {
    await writeMultiplyPackage(at('model'), { factor: 3, external });
    await writeFile(at('model', external), factorBytes(3));
    const three = await openModel(at('model'));
    await writeFile(at('model', external), factorBytes(4));
    const four = await openModel(at('model'));
    expect(four.identity.sha256).not.toBe(three.identity.sha256);
    expect(four.weights).toEqual(three.weights);
  });

  it.each([
    ['that is missing', '', /weights\.onnx\.data is missing from the package/],
    [
      'that the weights do not use',
      ', external_data: {source: other.bin}',
      /the weights have no tensors in other\.bin/,
    ],
    [
      'of another sha256',
      `, external_data: {source: ${external}, sha256: ${'ab'.repeat(32)}}`,
      /weights\.onnx\.data has sha256/,
    ],
  ])('refuses a file %s', async (title, weights, why) => {
    await writeMultiplyPackage(at('model'), { factor: 3, external }, { weights });
    if (title !== 'that is missing') await writeFile(at('model', external), factorBytes(3));
    await expect(openModel(at('model'))).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: expect.stringMatching(why) },
    });
  });

  it('reads nothing outside the package', async () => {
    await writeMultiplyPackage(at('model'), { factor: 3, external: '../secret' });
    await writeFile(at('secret'), factorBytes(3));
    await expect(openModel(at('model'))).rejects.toMatchObject({ code: 'modelBroken' });
    await rm(at('secret'));
  });
});

it('runs a model of half floats', async () => {
  await writeMultiplyPackage(at('half'), { factor: 0.5, type: 'float16' });
  expect(await predicted(at('half'))).toEqual([0.5, 1, 1.5, 2]);
});

describe('further inputs', () => {
  const second = (more: string) => `  - {id: factor, ${more}axes: [{type: batch}, {type: index, size: 1}]}\n`;

  it('leaves an optional one at its default', async () => {
    await writeMultiplyPackage(at('model'), { factor: 7, asInput: true }, { inputs: second('optional: true, ') });
    expect(await predicted(at('model'))).toEqual([7, 14, 21, 28]);
  });

  it('refuses one that is needed', async () => {
    await writeMultiplyPackage(at('model'), { factor: 7, asInput: true }, { inputs: second('') });
    await expect(openModel(at('model'))).rejects.toMatchObject({
      code: 'modelUnsupported',
      advice: { why: 'inputs: 2 input tensors (raw, factor)' },
    });
  });
});

describe('scale_mean_variance', () => {
  const post = (kwargs: string) => ({ post: `[{id: scale_mean_variance, kwargs: {${kwargs}}}]` });

  it('gives the maps the mean and the deviation of the image', async () => {
    await writeMultiplyPackage(at('model'), { factor: 0.25 }, post('reference_tensor: raw, mode: per_sample'));
    const maps = await predicted(at('model'), 3);
    maps.forEach((value, i) => void expect(value).toBeCloseTo(i + 1, 4));
  });

  it('does so over all tiles of a plane', async () => {
    await writeMultiplyPackage(at('model'), { factor: 0.25 }, post('reference_tensor: raw, mode: per_sample'));
    const model = await openModel(at('model'));
    const settings = { ...model.description.settings, tile: 32, halo: 0 };
    await using engine = await openEngine(
      { ...model, description: { ...model.description, settings } },
      { workers: 1 },
    );
    const plane = planeOf(100, 100, (y, x) => y + x / 100);
    const map = (await engine.predict([plane])).data[0]!;
    for (const i of [0, 5050, 9999]) expect(map[i]).toBeCloseTo(plane.data[i] as number, 3);
  });

  it.each([
    ['by a dataset', 'reference_tensor: raw, mode: per_dataset', /statistics of a dataset/],
    ['by a dataset, which is meant where no mode stands', 'reference_tensor: raw', /statistics of a dataset/],
    ['by another tensor', 'reference_tensor: maps, mode: per_sample', /by another tensor \(reference_tensor maps\)/],
    ['over the batch', 'reference_tensor: raw, mode: per_sample, axes: [batch, y, x]', /batch among the axes/],
  ])('is refused %s', async (_, kwargs, why) => {
    await writeMultiplyPackage(at('model'), { factor: 1 }, post(kwargs));
    await expect(openModel(at('model'))).rejects.toMatchObject({
      code: 'modelUnsupported',
      advice: { why: expect.stringMatching(why) },
    });
  });
});

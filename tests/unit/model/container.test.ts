import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { type ModelContainer, modelContainer } from '../../support/model-container.ts';
import { planeOf, randomNumbers } from '../../support/models.ts';
import { writeMultiplyPackage } from '../../support/onnx-model.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

describe('a model that a container runs', () => {
  let folder: TemporaryFolder;
  let container: ModelContainer;
  const at = (...names: string[]) => join(folder.path, ...names);
  const times = (factor: number) => (shape: number[], data: ArrayLike<number>) => ({
    shape,
    data: Float32Array.from(data, (value) => Math.fround(value * Math.fround(factor))),
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
    container = await modelContainer(times(0.3));
  });
  afterEach(async () => {
    await container[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const packaged = (more = '') =>
    writeMultiplyPackage(at('model'), undefined, { settings: `{container: {url: "${container.url}"}${more}}` });
  const random = randomNumbers(5);
  const plane = planeOf(70, 90, () => 1000 * random());

  it('gives the bits that the same model gives in this process, tile by tile', async () => {
    const tiles = ', tile: 32, halo: 4';
    await using here = await openEngine(
      await openModel(await writeMultiplyPackage(at('onnx'), { factor: 0.3 }, { settings: '{tile: 32, halo: 4}' })),
      { workers: 1 },
    );
    await using there = await openEngine(await openModel(await packaged(tiles)), { workers: 2 });
    expect((await there.predict([plane])).data).toEqual((await here.predict([plane])).data);
    expect(container.asked.length).toBeGreaterThan(4);
  });

  it('tries again what the container failed at, and fails the image that it refuses', async () => {
    await using engine = await openEngine(await openModel(await packaged()), { workers: 1 });
    container.instead.push({ status: 503, text: 'busy' });
    expect((await engine.predict([planeOf(2, 2, () => 10)])).data[0]![0]).toBeCloseTo(3);
    container.instead.push({ status: 422, text: 'nothing to see' });
    await expect(engine.predict([planeOf(2, 2, () => 10)])).rejects.toMatchObject({
      code: 'modelFailed',
      advice: { why: 'the container refuses it (422): nothing to see' },
    });
  });

  it('says why in the words of a JSON answer, on one line', async () => {
    await using engine = await openEngine(await openModel(await packaged()), { workers: 1 });
    container.instead.push({ status: 422, text: '{"code": "blurred", "message": "out of\\nfocus"}' });
    await expect(engine.predict([planeOf(2, 2, () => 10)])).rejects.toMatchObject({
      advice: { why: 'the container refuses it (422): out of focus' },
    });
  });

  it('tells the container the pixel size and the names of channels, in ASCII', async () => {
    await using engine = await openEngine(await openModel(await packaged()), { workers: 1 });
    const facts = { pixelSize: { x: 0.65, y: 0.7 }, channels: ['Hoechst µ🔬', undefined] };
    await engine.predict([planeOf(2, 2, () => 10)], undefined, facts);
    await engine.predict([planeOf(2, 2, () => 10)]);
    expect(container.told).toEqual([{ pixelSize: { x: 0.65, y: 0.7 }, channels: ['Hoechst µ🔬', null] }, null]);
  });

  it('does not read an answer that is larger than the maps can be', async () => {
    await using engine = await openEngine(await openModel(await packaged()), { workers: 1 });
    container.instead.push({ status: 200, text: 'x'.repeat(70_000) });
    await expect(engine.predict([planeOf(2, 2, () => 10)])).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: 'the container answers 70000 bytes or more, where 65568 are the most' },
    });
  });

  it('refuses maps of another shape', async () => {
    await container[Symbol.asyncDispose]();
    container = await modelContainer(() => ({ shape: [1, 1, 1], data: Float32Array.of(1) }));
    await using engine = await openEngine(await openModel(await packaged()), { workers: 1 });
    await expect(engine.predict([planeOf(2, 3, () => 1)])).rejects.toMatchObject({
      code: 'modelBroken',
      advice: { why: 'the container gives 1 x 1 x 1, the description says 1 x 2 x 3' },
    });
  });

  it('takes labels as they are: the whole plane in one piece, numbered anew, without what is small', async () => {
    await container[Symbol.asyncDispose]();
    container = await modelContainer(([, rows, columns], data) => ({
      shape: [rows!, columns!],
      data: Float32Array.from(data, (value) => (value > 0 ? 70_000 + value : 0)),
    }));
    const model = await openModel(await packaged(', instances: {method: labels, minArea: 2}'));
    await using engine = await openEngine(model, { workers: 1 });
    // 7 lies in two parts, 9 is one pixel
    const marked = planeOf(1, 900, (_, x) => (x < 2 || x > 897 ? 7 : x === 5 ? 9 : x > 10 && x < 20 ? 3 : 0));
    const { count, labels } = await engine.segment(marked, await engine.predict([marked]), { preview: false });
    expect([count, labels[0], labels[5], labels[11], labels[899]]).toEqual([2, 1, 0, 2, 1]);
    expect(container.asked).toEqual([[1, 1, 900]]);
  });

  it('is named by its address alone: one channel as it is, and labels', async () => {
    await container[Symbol.asyncDispose]();
    container = await modelContainer((shape, data) => ({ shape, data: Float32Array.from(data, (v) => Number(v > 7)) }));
    const model = await openModel(container.url);
    expect(model.identity).toMatchObject({ name: `container at ${new URL(container.url).host}`, version: '0.0.0' });
    await using engine = await openEngine(model, { workers: 1 });
    const plane = planeOf(20, 30, (y) => (y > 9 ? 8 : 7));
    const { count, labels } = await engine.segment(plane, await engine.predict([plane]), { preview: false });
    expect([count, labels[299], labels[300]]).toEqual([1, 0, 1]);
    expect(container.asked).toEqual([[1, 20, 30]]);
  });

  it('is known by its description, and is not taken by a service', async () => {
    const { identity } = await openModel(await packaged());
    expect(identity.sha256).toBe(identity.definition);
    expect(await inspectPackage(at('model'))).toMatchObject({
      refused: { code: 'modelUnsupported', message: expect.stringContaining('this service runs no containers') },
    });
  });
});

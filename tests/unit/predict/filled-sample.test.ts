import { describe, expect, it } from '@jest/globals';
import type { Image, Plane, SampleArray } from '../../../functions/image/image.ts';
import { chooseFilled, likelyPositions } from '../../../functions/stages/predict/filled-sample.ts';
import { planePositions } from '../../../functions/stages/predict/plane-indices.ts';

const [height, width] = [10, 10];
const pixels = height * width;

/** A stack of RGB planes, each from the samples of its pixels. */
function stackOf(
  planes: readonly ((pixel: number) => readonly number[])[],
  { samples = 3, Data = Uint8Array as new (length: number) => SampleArray } = {},
) {
  let reads = 0;
  const image: Image = {
    info: {
      ...{ height, width, samples, type: 'uint8', positions: 1, times: 1, depths: planes.length, channels: 1 },
      channelNames: [undefined],
    },
    async readPlane({ depth }): Promise<Plane> {
      reads++;
      const data = new Data(pixels * samples);
      for (let i = 0; i < pixels; i++)
        for (const [s, value] of planes[depth]!(i).entries()) data[i * samples + s] = value as never;
      return { height, width, samples, type: 'uint8', data };
    },
  };
  return { image, reads: () => reads };
}

const choose = (image: Image, wish?: string, input = {}) =>
  chooseFilled(image, {
    input: { channelCount: 1, ...input },
    wish,
    positions: likelyPositions([...planePositions(image.info)]),
  });
const name = async (...args: Parameters<typeof choose>) => (await choose(...args)).name;

describe('RGB of one fluorescence channel', () => {
  it.each<[string, (i: number) => readonly number[], string]>([
    ['in green', (i) => [0, i, 0], 'green'],
    ['in blue, the others constant', (i) => [7, 9, i], 'blue'],
    ['in red', (i) => [i, 0, 0], 'red'],
    ['in cyan', (i) => [0, i, i], 'green'],
    ['in green with a white scale bar', (i) => (i < 3 ? [255, 255, 255] : [0, i, 0]), 'green'],
    ['in green with what JPEG leaves in red', (i) => [i % 2, i, i % 3], 'green'],
    ['in green, with a tenth of it left in red by JPEG', (i) => [i / 9, i, 0], 'green'],
    ['in red, weaker than green', (i) => [i / 5, i, 0], 'red'],
    ['sparse, in red', (i) => [i === 5 ? 200 : 0, 0, 0], 'red'],
    ['in all colours', (i) => [i, 100 - i, i], 'red'],
    ['in none', () => [3, 3, 3], 'red'],
  ])('%s', async (_, pixel, expected) => {
    const { image } = stackOf([pixel]);
    const indices = [['red', 'green', 'blue'].indexOf(expected)];
    expect(await choose(image)).toEqual({ indices, from: 'samples', name: expected });
  });

  it('is looked for in the middle of a stack, then at its ends', async () => {
    const empty = () => [0, 0, 0];
    expect(await name(stackOf([empty, (i) => [0, 0, i], (i) => [i, i, i]]).image)).toBe('blue');
    expect(await name(stackOf([empty, empty, (i) => [0, i, 0]]).image)).toBe('green');
  });

  it('may have an alpha sample, and numbers of any type', async () => {
    expect(await name(stackOf([(i) => [0, 0, i, 255 - i]], { samples: 4 }).image)).toBe('blue');
    const floats = (i: number) => [i === 0 ? Number.NaN : 0, i / 7, 0];
    expect(await name(stackOf([floats], { Data: Float32Array }).image)).toBe('green');
  });

  it('is not looked for where something says what is taken', async () => {
    const { image, reads } = stackOf([(i) => [0, i, 0]]);
    expect(await name(image, 'blue')).toBe('blue');
    expect(await name(image, undefined, { channel: 0 })).toBe('red');
    expect(await name(image, undefined, { rgb: 'grey' })).toBe('grey of RGB');
    expect((await choose(image, undefined, { channelCount: 3 })).indices).toEqual([0, 1, 2]);
    expect(reads()).toBe(0);
  });

  it('takes the memory of a plane while it is looked at, and gives it back', async () => {
    const { image } = stackOf([(i) => [0, i, 0]]);
    let held = 0;
    const broken = { ...image, readPlane: async () => Promise.reject(new Error(`held ${held}`)) };
    const admit = async () => {
      held++;
      return () => void held--;
    };
    const positions = [...planePositions(image.info)];
    const choosing = { input: { channelCount: 1 }, wish: undefined, positions, admit };
    await expect(chooseFilled(broken, choosing)).rejects.toThrow('held 1');
    expect(held).toBe(0);
  });
});

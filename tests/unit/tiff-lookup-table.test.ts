import { describe, expect, it } from '@jest/globals';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { memorySource } from '../support/memory-source.ts';
import { describeWithSharedCases, sharedCase } from '../support/shared-data.ts';
import { ascii, buildTiff, type PageSpec } from '../support/tiff-builder.ts';

/** A ColorMap of 2^bits entries: the colour, 0 to 1 each, of an index of 0 to 1. */
const colorMap = (bits: number, colourOf: (level: number, index: number) => readonly number[], scale = 65_535) => {
  const size = 2 ** bits;
  const colours = Array.from({ length: size }, (_, i) => colourOf(i / (size - 1), i));
  return [0, 1, 2].flatMap((s) => colours.map((colour) => Math.round(colour[s]! * scale)));
};
const eightBit = (map: readonly number[], times = 257) => map.map((value) => Math.round(value / 257) * times);

const page = (bits: number, map: readonly number[], extra: Partial<PageSpec> = {}): PageSpec => ({
  height: 1,
  width: 4,
  bits,
  data: bits > 8 ? Uint16Array.of(0, 1, 100, 65_535) : Uint8Array.of(0, 1, 2, 2 ** bits - 1),
  photometric: 3,
  ...extra,
  tags: { 320: { type: 3, values: map }, ...extra.tags },
});

async function shown(...pages: PageSpec[]) {
  const image = await openImage(memorySource(buildTiff({ pages })));
  const { data } = await image.readPlane({ position: 0, time: 0, depth: pages.length - 1, channel: 0 });
  return { samples: image.info.samples, type: image.info.type, data: [...(data as Uint8Array)] };
}

const green = (level: number) => [0, level, 0] as const;
const grey = (level: number) => [level, level, level] as const;
const hue = (level: number) => [0, 1, 2].map((s) => Math.max(0, Math.min(1, Math.abs(6 * level - 2 * s) - 1)));

describe('a palette that is the lookup table of one channel', () => {
  it.each<[string, number, number[]]>([
    ['green', 8, colorMap(8, green)],
    ['red', 8, colorMap(8, (v) => [v, 0, 0])],
    ['orange of 8-bit colours', 8, eightBit(colorMap(8, (v) => [v, 0.5 * v, 0.1 * v]))],
    [
      'cyan, times 256',
      8,
      eightBit(
        colorMap(8, (v) => [0, v, v]),
        256,
      ),
    ],
    [
      'violet, not scaled',
      8,
      eightBit(
        colorMap(8, (v) => [0.6 * v, 0, v]),
        1,
      ),
    ],
    ['grey', 8, colorMap(8, grey)],
    ['grey with gamma', 8, colorMap(8, (v) => grey(v ** 0.45))],
    ['green with gamma', 8, eightBit(colorMap(8, (v) => green(v ** 2.2)))],
    ['green between two limits', 8, colorMap(8, (v) => green(Math.max(0, Math.min(1, 4 * v - 1))))],
    [
      'green with marks for too dark and too bright',
      8,
      colorMap(8, (v, i) => (i === 0 ? [0, 0, 1] : i === 255 ? [1, 0, 0] : green(v))),
    ],
    ['green up to 12 of 16 bits, then black', 16, colorMap(16, (_, i) => (i < 4096 ? green(i / 4095) : [0, 0, 0]))],
    ['green of 4 bits', 4, colorMap(4, green)],
    ['green of 16 bits', 16, colorMap(16, green)],
    ['black and white of 1 bit', 1, colorMap(1, grey)],
  ])('%s: the index is the intensity', async (_, bits, map) => {
    const spec = page(bits, map);
    expect(await shown(spec)).toEqual({
      samples: 1,
      type: bits > 8 ? 'uint16' : 'uint8',
      data: [...(spec.data as Uint8Array)].map((value) => value % 2 ** bits),
    });
  });

  it.each<[string, number[], number[]]>([
    ['many hues', colorMap(8, hue), [255, 0, 0]],
    ['grey that falls', colorMap(8, (v) => grey(1 - v)), []],
    [
      'black, then green, then white',
      colorMap(8, (v) => [Math.max(0, 2 * v - 1), Math.min(1, 2 * v), Math.max(0, 2 * v - 1)]),
      [],
    ],
    ['blue to red', colorMap(8, (v) => [v, 0, 1 - v]), []],
    [
      'colours of labels',
      colorMap(8, (_, i) => [(i * 37) % 256, (i * 91) % 256, (i * 149) % 256].map((v) => v / 255)),
      [],
    ],
  ])('%s is none: its colours are shown', async (_, map) => {
    const { samples, data } = await shown(page(8, map));
    const size = map.length / 3;
    const expected = [0, 1, 2, 255].flatMap((i) => [0, 1, 2].slice(0, samples).map((s) => map[s * size + i]! / 257));
    expect(data.map((value) => Math.round(value))).toEqual(expected.map((value) => Math.round(value)));
  });

  it('of 256 entries is for the screen where indices have more bits', async () => {
    const spec = page(16, colorMap(8, hue));
    expect(await shown(spec)).toEqual({ samples: 1, type: 'uint16', data: [0, 1, 100, 65_535] });
    await expect(shown(page(8, colorMap(4, green)))).rejects.toMatchObject({
      code: 'imageBroken',
      advice: { why: 'ColorMap (320) has 48 of 768 values' },
    });
  });

  it('may differ from page to page', async () => {
    const red = page(
      8,
      colorMap(8, (v) => [v, 0, 0]),
    );
    expect(await shown(page(8, colorMap(8, green)), red)).toEqual({ samples: 1, type: 'uint8', data: [0, 1, 2, 255] });
    await expect(shown(page(8, colorMap(8, green)), page(8, colorMap(8, hue)))).rejects.toMatchObject({
      message: expect.stringContaining('pages with palettes of different kinds'),
    });
    await expect(shown(page(8, colorMap(8, hue)), page(8, colorMap(8, green)))).rejects.toMatchObject({
      code: 'imageUnsupported',
    });
  });
});

describe('white-is-zero', () => {
  const words = { 270: ascii('ImageJ=1.54f\nmin=0.0\nmax=255.0\n') };
  const float: Partial<PageSpec> = { bits: 32, format: 'float', data: Float32Array.of(0, 0.5, -2, 7) };
  const plain = (extra: Partial<PageSpec>): PageSpec => ({
    height: 1,
    width: 4,
    data: Uint8Array.of(0, 1, 2, 255),
    ...extra,
  });

  it('of ImageJ is its inverting table: samples are intensities', async () => {
    expect((await shown(plain({ photometric: 0, tags: words }))).data).toEqual([0, 1, 2, 255]);
    expect(await shown(plain({ photometric: 0, tags: words, ...float }))).toEqual({
      samples: 1,
      type: 'float32',
      data: [0, 0.5, -2, 7],
    });
  });

  it('of other programs is turned', async () => {
    expect((await shown(plain({ photometric: 0 }))).data).toEqual([255, 254, 253, 0]);
  });
});

describeWithSharedCases('one colour and inverting tables, as programs write them', () => {
  const read = async (...path: string[]) => {
    await using source = await openFileSource(sharedCase('tiff', ...path));
    const image = await openImage(source);
    return (await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 })).data;
  };

  it.each(['blue-lut.tif', 'red-lut.tif', 'green-lut.tif', 'green-lut.ome.tif'])(
    '%s has the intensities of the grey image',
    async (name) => {
      expect(await read('palette-is-a-lut', name)).toEqual(await read('palette-is-a-lut', 'grey.tif'));
    },
  );

  it('ImageJ shows the inverting table with the samples of the normal one', async () => {
    const normal = await read('imagej-inverting-lut', 'normal.tif');
    expect(await read('imagej-inverting-lut', 'inverting-lut.tif')).toEqual(normal);
    expect(await read('imagej-inverting-lut', 'inverting-lut-float.tif')).toEqual(
      Float32Array.from(normal as Uint8Array),
    );
  });
});

describe('a palette whose entries all have one colour', () => {
  it.each([
    ['black', colorMap(8, () => [0, 0, 0])],
    ['white', colorMap(8, () => [1, 1, 1])],
    ['red', colorMap(8, () => [1, 0, 0])],
  ])('%s says nothing: the samples are the intensities, and a note says so', async (_, map) => {
    expect((await shown(page(8, map))).data).toEqual([0, 1, 2, 255]);
    const { notes } = await openImage(memorySource(buildTiff({ pages: [page(8, map)] })));
    expect(notes).toEqual(['every entry of its palette has the same colour: the samples are taken as intensities']);
  });
});

it('a palette of several hues, or one that gets darker, is read as colours with a note', async () => {
  const notesOf = async (map: readonly number[]) =>
    (await openImage(memorySource(buildTiff({ pages: [page(8, map)] })))).notes;
  const note =
    'its palette is no ramp of one hue: samples are taken as its colours; save the image with a grey lookup table where they are intensities';
  expect(await notesOf(colorMap(8, hue))).toEqual([note]);
  expect(await notesOf(colorMap(8, (v) => [1 - v, 0, 0]))).toEqual([note]);
  expect(await notesOf(colorMap(8, green))).toEqual([]);
});

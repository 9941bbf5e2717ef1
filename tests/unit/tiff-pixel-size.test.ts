import { describe, expect, it } from '@jest/globals';
import { formatReport, inspectFile } from '../../functions/image/inspect.ts';
import { memorySource } from '../support/memory-source.ts';
import { ascii, buildTiff, long, type PageSpec, type RawField, rational, short } from '../support/tiff-builder.ts';

const page = (tags: Record<number, RawField>): PageSpec => ({ height: 2, width: 3, data: new Uint8Array(6), tags });
const report = (tags: Record<number, RawField>) => inspectFile(memorySource(buildTiff({ pages: [page(tags)] })));
const resolution = (x: number, y: number, unit: number) => ({
  282: rational([Math.round(x * 1e4), 1e4]),
  283: rational([Math.round(y * 1e4), 1e4]),
  296: short(unit),
});
const inch = 2;
const centimetre = 3;

describe('a pixel size from resolution tags', () => {
  it.each([
    [1, inch, 'resolution tags: 25400 x 25400 µm (1 x 1 dots per inch) is no pixel of a microscope (1 nm to 100 µm)'],
    [
      0.01,
      centimetre,
      'resolution tags: 1000000 x 1000000 µm (0.0254 x 0.0254 dots per inch) is no pixel of a microscope (1 nm to 100 µm)',
    ],
    [72, inch, 'resolution tags: 72 dots per inch are a print density'],
    [28, centimetre, 'resolution tags: 71.12 dots per inch are a print density (72, rounded)'],
    [96.012, inch, 'resolution tags: 96.01 dots per inch are a print density (96, rounded)'],
    [37.8, centimetre, 'resolution tags: 96.01 dots per inch are a print density (96, rounded)'],
    [59, centimetre, 'resolution tags: 149.9 dots per inch are a print density (150, rounded)'],
    [118.11, centimetre, 'resolution tags: 300 dots per inch are a print density'],
    [118, centimetre, 'resolution tags: 299.7 dots per inch are a print density (300, rounded)'],
    [299, inch, 'resolution tags: 299 dots per inch are a print density (300, rounded)'],
    [301, inch, 'resolution tags: 301 dots per inch are a print density (300, rounded)'],
    [299.9994, inch, 'resolution tags: 300 dots per inch are a print density'],
    [236, centimetre, 'resolution tags: 599.4 dots per inch are a print density (600, rounded)'],
    [1, 1, 'resolution tags: 1 x 1 pixels per unit, and no unit'],
  ])('%d per unit %d is none, and the report says why', async (value, unit, reason) => {
    const found = await report(resolution(value, value, unit));
    expect(found).toMatchObject({ pixelSizeReason: reason });
    expect(found.pixelSize).toBeUndefined();
    expect(formatReport(found)).toContain(`pixel size: none (${reason})`);
  });

  it('of 26 x 20 dots per inch is none', async () => {
    expect((await report(resolution(26, 20, inch))).pixelSizeReason).toBe(
      'resolution tags: 976.9 x 1270 µm (26 x 20 dots per inch) is no pixel of a microscope (1 nm to 100 µm)',
    );
  });

  it.each([
    [20_000, centimetre, 0.5],
    [254, inch, 100],
    [2000, inch, 12.7],
  ])('%d per unit %d is %d µm', async (value, unit, size) => {
    expect((await report(resolution(value, value, unit))).pixelSize).toEqual({ x: size, y: size });
  });

  it('is missing without a word where the file has no numbers', async () => {
    const found = await report({});
    expect(found.pixelSizeReason).toBeUndefined();
    expect(formatReport(found)).toContain('pixel size: not in the file');
  });
});

describe("a pixel size in ImageJ's description", () => {
  const imageJ = (words: string, x: number) =>
    report({ ...resolution(x, x, 1), 270: ascii(`ImageJ=1.53t\n${words}\n`) });

  it.each([
    ['unit=inch', 72, 'its ImageJ description: 72 dots per inch are a print density'],
    ['unit=inch', 300, 'its ImageJ description: 300 dots per inch are a print density'],
    ['unit=cm', 118.1102, 'its ImageJ description: 300 dots per inch are a print density'],
    ['unit=cm', 28.35, 'its ImageJ description: 72.01 dots per inch are a print density (72, rounded)'],
    ['unit=mm', 1, 'its ImageJ description: 1000 x 1000 µm is no pixel of a microscope (1 nm to 100 µm)'],
    ['unit=pixel', 1, 'its ImageJ description: unit=pixel is no length'],
  ])('%s with %d per unit is none', async (words, x, reason) => {
    const found = await imageJ(words, x);
    expect(found).toMatchObject({ pixelSizeReason: reason });
    expect(found.pixelSize).toBeUndefined();
  });

  it('counts before the unit of the resolution tags', async () => {
    const tags = { ...resolution(300, 300, inch), 270: ascii('ImageJ=1.53t\nunit=mm\n') };
    expect((await report(tags)).pixelSize).toEqual({ x: 3.33333333333333, y: 3.33333333333333 });
  });

  it('may spell µm in Latin-1', async () => {
    const text = Uint8Array.from(Buffer.from('ImageJ=1.53t\nunit=µm\n\0', 'latin1'));
    expect((await report({ ...resolution(4, 4, 1), 270: { type: 2, values: text } })).pixelSize).toEqual({
      x: 0.25,
      y: 0.25,
    });
  });
});

describe('a pixel size in OME-XML', () => {
  const ome = (attributes: string, more = {}) =>
    report({
      ...more,
      270: ascii(
        `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image><Pixels DimensionOrder="XYCZT" SizeX="3" SizeY="2" SizeC="1" SizeZ="1" SizeT="1" ${attributes}><TiffData/></Pixels></Image></OME>`,
      ),
    });

  it('counts before the resolution tags', async () => {
    const tags = resolution(20_000, 20_000, centimetre);
    expect((await ome('PhysicalSizeX="0.2" PhysicalSizeY="0.2"', tags)).pixelSize).toEqual({ x: 0.2, y: 0.2 });
    expect((await ome('', tags)).pixelSize).toEqual({ x: 0.5, y: 0.5 });
  });

  it('of 1 x 1 without a unit is a default, with a unit it is a size', async () => {
    expect(await ome('PhysicalSizeX="1.0" PhysicalSizeY="1.0" PhysicalSizeZ="1.0"')).toMatchObject({
      pixelSizeReason: 'its OME-XML: 1 x 1 without a unit, which writers fill in where they know no size',
    });
    expect(
      (await ome('PhysicalSizeX="1" PhysicalSizeXUnit="µm" PhysicalSizeY="1" PhysicalSizeYUnit="µm"')).pixelSize,
    ).toEqual({ x: 1, y: 1 });
  });

  it('that no microscope has is none', async () => {
    expect((await ome('PhysicalSizeX="25400" PhysicalSizeY="25400"')).pixelSizeReason).toBe(
      'OME: 25400 x 25400 µm is no pixel of a microscope (1 nm to 100 µm)',
    );
  });
});

describe("ImageJ's frame interval", () => {
  const steps = (words: string) =>
    inspectFile(
      memorySource(
        buildTiff({
          pages: [page({ 270: ascii(`ImageJ=1.54f\nimages=2\nframes=2\n${words}\n`), 254: long(0) }), page({})],
        }),
      ),
    );

  it.each([
    ['finterval=3', 3],
    ['finterval=3\ntunit=sec', 3],
    ['finterval=3\ntunit=s', 3],
    ['finterval=3\ntunit=seconds', 3],
    ['finterval=3\ntunit=min', 180],
    ['finterval=3\ntunit=minutes', 180],
    ['finterval=3\ntunit=ms', 0.003],
    ['finterval=3\ntunit=msec', 0.003],
    ['finterval=3\ntunit=\\u00B5s', 0.000003],
    ['finterval=0.5\ntunit=hour', 1800],
    ['finterval=0.5\ntunit=h', 1800],
    ['finterval=2\ntunit=days', 172_800],
    ['finterval=3\ntunit=frame', undefined],
    ['finterval=3\ntunit=frames', undefined],
    ['finterval=0', undefined],
    ['fps=10', undefined],
    ['finterval=0.25\nfps=7', 0.25],
  ])('%j is %p s', async (words, seconds) => {
    expect((await steps(words)).timeStep).toBe(seconds);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ImageInfo, SampleArray } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { memorySource } from '../support/memory-source.ts';
import { ascii, buildTiff, type FileSpec, long, type PageSpec, rational, short } from '../support/tiff-builder.ts';

const [height, width] = [4, 6];
/** A page whose every sample is its number. */
const page = (number: number, extra: Partial<PageSpec> = {}): PageSpec => ({
  height,
  width,
  data: new Uint8Array(height * width * (extra.samples ?? 1)).fill(number),
  ...extra,
});
const pages = (count: number, first: Partial<PageSpec> = {}) =>
  Array.from({ length: count }, (_, i) => page(i, i === 0 ? first : {}));
const described = (text: string): Partial<PageSpec> => ({ tags: { 270: ascii(text) } });

const open = (spec: FileSpec) => openImage(memorySource(buildTiff(spec)));
const refusal = (spec: FileSpec) =>
  open(spec).then(
    () => 'read',
    (error: { code: string; advice: { why: string } }) => `${error.code}: ${error.advice.why}`,
  );

const plain: ImageInfo = {
  height,
  width,
  samples: 1,
  type: 'uint8',
  positions: 1,
  times: 1,
  depths: 1,
  channels: 1,
  channelNames: [undefined],
};

/** First sample of each plane, channel fastest, then depth, time, position. */
async function order(spec: FileSpec): Promise<number[]> {
  const image = await open(spec);
  const { positions, times, depths, channels } = image.info;
  const found: number[] = [];
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++)
        for (let channel = 0; channel < channels; channel++)
          found.push(Number((await image.readPlane({ position, time, depth, channel })).data[0]));
  return found;
}

const first = async (spec: FileSpec): Promise<{ info: ImageInfo; data: SampleArray }> => {
  const image = await open(spec);
  const { data } = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
  return { info: image.info, data };
};

describe('pages without words about axes', () => {
  it('are depths, and a note says so', async () => {
    const image = await open({ pages: pages(3) });
    expect(image.info).toEqual({ ...plain, depths: 3 });
    expect(image.notes).toEqual([
      '3 pages, taken as depth: the file does not say what they are; --axes says otherwise',
    ]);
    expect(await order({ pages: pages(3) })).toEqual([0, 1, 2]);
  });

  it('that differ are refused, none is dropped', async () => {
    expect(await refusal({ pages: [page(0), page(1, { bits: 16, data: new Uint16Array(24) })] })).toBe(
      'imageUnsupported: pages of different kinds: page 0 is 6 x 4, 1 x uint8 (8 bit, photometric 1), page 1 is 6 x 4, 1 x uint16 (16 bit, photometric 1)',
    );
  });

  it('that are thumbnails are no planes', async () => {
    const thumbnail = page(9, { height: 1, width: 2, tags: { 254: long(1) } });
    const old = page(9, { height: 1, width: 2, tags: { 255: short(2) } });
    expect(await order({ pages: [page(1), thumbnail, page(2), old] })).toEqual([1, 2]);
  });

  it('that are all thumbnails of images in SubIFDs are refused', async () => {
    const spec = { pages: [page(0, { tags: { 254: long(1) }, subPages: [page(1)] })] };
    expect(await refusal(spec)).toBe('imageUnsupported: the full image is in SubIFDs, the pages are thumbnails');
  });

  it('that are masks are named and left out', async () => {
    const mask = page(1, { tags: { 254: long(4) } });
    const image = await open({ pages: [page(0), mask] });
    expect(image.info).toEqual(plain);
    expect(image.notes).toEqual(['left out: page 1 (a transparency mask)']);
    expect(await refusal({ pages: [mask] })).toBe('imageUnsupported: it has no pages but transparency masks');
  });

  it('that are smaller than the image are named and left out, whatever they hold', async () => {
    const overview = page(7, { height: 2, width: 3 });
    const label = page(8, { height: 2, width: 2, samples: 3, data: new Uint8Array(12) });
    const unreadable = page(9, { height: 1, width: 1, tags: { 259: short(6) } });
    const spec = { pages: [overview, page(1), page(2), label, unreadable] };
    expect(await order(spec)).toEqual([1, 2]);
    expect((await open(spec)).notes).toEqual([
      '2 pages, taken as depth: the file does not say what they are; --axes says otherwise',
      'left out: page 0 (3 x 2 pixels, smaller than the image); page 3 (2 x 2 pixels, smaller than the image); page 4 (1 x 1 pixels, smaller than the image)',
    ]);
  });
});

describe('intensities as displayed', () => {
  it('turn white-is-zero around within the bits of the file', async () => {
    const data = Uint16Array.from({ length: 24 }, (_, i) => i * 170);
    const spec = { pages: [page(0, { bits: 12, data, photometric: 0 })] };
    expect([...(await first(spec)).data].slice(0, 3)).toEqual([4095, 3925, 3755]);
    const stored = await (await openTiff(memorySource(buildTiff(spec)))).readPage(0);
    expect(stored.data).toEqual(data);
  });

  it('apply a palette of 8-bit colours as 8-bit RGB', async () => {
    const map = Array.from({ length: 768 }, (_, i) => ((i % 256) * (1 + Math.floor(i / 256))) % 256);
    const spec = { pages: [page(7, { photometric: 3, tags: { 320: short(...map.map((v) => v * 257)) } })] };
    const { info, data } = await first(spec);
    expect(info).toEqual({ ...plain, samples: 3 });
    expect([...data].slice(0, 6)).toEqual([7, 14, 21, 7, 14, 21]);
  });

  it('apply a finer palette as 16-bit RGB, a grey one as grey', async () => {
    const fine = Array.from({ length: 768 }, (_, i) => i * 3 + 1);
    const coloured = await first({ pages: [page(2, { photometric: 3, tags: { 320: short(...fine) } })] });
    expect(coloured.info).toMatchObject({ samples: 3, type: 'uint16' });
    expect([...coloured.data].slice(0, 3)).toEqual([7, 775, 1543]);
    const grey = Array.from({ length: 768 }, (_, i) => (i % 256) * 256);
    const uncoloured = await first({ pages: [page(2, { photometric: 3, tags: { 320: short(...grey) } })] });
    expect(uncoloured.info).toMatchObject({ samples: 1, type: 'uint8' });
    expect(uncoloured.data[0]).toBe(2);
  });

  it("leave the indices of ImageJ's files alone: their palette is a display table", async () => {
    const map = short(...Array.from({ length: 768 }, (_, i) => (i < 256 ? 0 : i * 60)));
    const spec = { pages: [page(5, { photometric: 3, tags: { 320: map, 270: ascii('ImageJ=1.54f\n') } })] };
    const { info, data } = await first(spec);
    expect(info).toEqual(plain);
    expect(data[0]).toBe(5);
  });

  it('are refused where the colours mean something else', async () => {
    expect(await refusal({ pages: [page(0, { samples: 4, photometric: 5 })] })).toBe(
      'imageUnsupported: Photometric (262) is 5 (CMYK)',
    );
    expect(
      await refusal({ pages: [page(0, { photometric: 0, bits: 32, format: 'float', data: new Float32Array(24) })] }),
    ).toBe('imageUnsupported: Photometric (262) is 0 (white is zero) with 1 x float32');
  });

  it('take each sample of a pixel without colours as a channel', async () => {
    const data = Uint8Array.from({ length: 72 }, (_, i) => 10 * (i % 3));
    const spec = { pages: [page(0, { samples: 3, photometric: 1, planar: true, data, tags: { 338: short(0, 2) } })] };
    const image = await open(spec);
    expect(image.info).toEqual({ ...plain, channels: 3, channelNames: [undefined, undefined, 'alpha'] });
    expect(await order(spec)).toEqual([0, 10, 20]);
  });
});

describe('shared memory', () => {
  it('holds the samples where it is asked for, whatever is done to them', async () => {
    for (const extra of [{}, { tile: [3, 3] as const }, { photometric: 0 }, { samples: 2, photometric: 1 }]) {
      const image = await openImage(memorySource(buildTiff({ pages: [page(3, extra)] })), { shared: true });
      const { data } = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
      expect(Object.prototype.toString.call(data.buffer)).toBe('[object SharedArrayBuffer]');
      expect(data.length).toBe(24);
    }
  });
});

describe("ImageJ's description", () => {
  const hyperstack = 'ImageJ=1.54f\nimages=12\nchannels=2\nslices=3\nframes=2\nhyperstack=true\n';

  it('gives axes, channel fastest', async () => {
    const spec = { pages: pages(12, described(hyperstack)) };
    expect((await open(spec)).info).toMatchObject({ times: 2, depths: 3, channels: 2 });
    expect(await order(spec)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('may give another order', async () => {
    expect(await order({ pages: pages(12, described(`${hyperstack}order=zct\n`)) })).toEqual([
      0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11,
    ]);
  });

  it('may stand for planes behind a single directory', async () => {
    const stack = Uint8Array.from({ length: 12 * 24 }, (_, i) => Math.floor(i / 24));
    const tags = { 257: long(4), 278: long(4), 279: long(24), 270: ascii(hyperstack) };
    const spec = { pages: [{ height: 48, width: 6, data: stack, tags }] };
    const file = await openTiff(memorySource(buildTiff(spec)));
    expect(file.pages.length).toBe(12);
    expect(await order(spec)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('that fits no pages gives a plain stack, as in ImageJ, and a note', async () => {
    const image = await open({ pages: pages(13, described(hyperstack)) });
    expect(image.info).toMatchObject({ times: 1, depths: 13, channels: 1 });
    expect(image.notes).toEqual([
      '13 pages, taken as depth: its ImageJ description says 2 channels x 3 slices x 2 frames; --axes says otherwise',
    ]);
  });

  it.each([
    ['images=3500\nslices=3500', 3500],
    ['images=3500', 3500],
    ['images=6\nchannels=2\nframes=3', 6],
    ['images=4\nslices=3', 4],
  ])('%j of a stack does not damage the one plane that is there', async (lines, claimed) => {
    const image = await open({ pages: [page(5, described(`ImageJ=1.49i\n${lines}\n`))] });
    expect(image.info).toEqual(plain);
    expect(image.notes).toEqual([`one plane, though its ImageJ description says ${claimed}`]);
    const plane = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
    expect(plane.data).toEqual(new Uint8Array(24).fill(5));
  });

  it('of fewer planes than its one directory claims gives those that are whole, and a note', async () => {
    const built = Buffer.from(
      buildTiff({
        pages: [page(0, { height: 2, data: new Uint8Array(12), ...described('ImageJ=1.54f\nimages=9\nslices=9\n') })],
      }),
    );
    const planes = Buffer.from([
      ...new Uint8Array(12).fill(1),
      ...new Uint8Array(12).fill(2),
      ...new Uint8Array(12).fill(3),
    ]);
    const behind = (data: Uint8Array) => {
      const bytes = Buffer.concat([built, data]);
      bytes.writeUInt32LE(built.length, bytes.indexOf(Buffer.from([0x11, 1, 4, 0, 1, 0, 0, 0])) + 8); // StripOffsets
      return openImage(memorySource(new Uint8Array(bytes)));
    };
    const image = await behind(planes);
    expect(image.info).toMatchObject({ depths: 3 });
    expect((await image.readPlane({ position: 0, time: 0, depth: 2, channel: 0 })).data).toEqual(
      new Uint8Array(12).fill(3),
    );
    expect(image.notes).toEqual(['3 of the 9 planes that its ImageJ description claims are there']);
    await expect(behind(planes.subarray(0, 30))).rejects.toMatchObject({
      advice: { why: 'it claims 9 planes and ends after 2' },
    });
  });

  it.each([
    ['unit=micron', { x: 0.5, y: 0.25, z: 3 }],
    ['unit=\\u00B5m', { x: 0.5, y: 0.25, z: 3 }],
    ['unit=µm', { x: 0.5, y: 0.25, z: 3 }],
    ['unit=\\u00b5m', { x: 0.5, y: 0.25, z: 3 }],
    ['unit=micrometers', { x: 0.5, y: 0.25, z: 3 }],
    ['unit=\\u00C5ngstr\\u00F6m', undefined],
    ['unit=nm', undefined],
    ['unit=10nm', undefined],
    ['unit=mm\nxunit=nm', undefined],
    ['unit=um\nyunit=nm', undefined],
    ['unit=um\nzunit=mm', { x: 0.5, y: 0.25 }],
    ['unit=um\nzunit=nm', { x: 0.5, y: 0.25, z: 0.003 }],
    ['unit=inch', undefined],
    ['unit=cm\nyunit=mm', undefined],
    ['unit=pixel', undefined],
    ['unit=furlong', undefined],
  ])('%s gives %j', async (unit, pixelSize) => {
    const tags = {
      270: ascii(`ImageJ=1.54f\nimages=2\nslices=2\nspacing=-3.0\nfinterval=0.25\n${unit}\n`),
      282: rational([2, 1]),
      283: rational([4, 1]),
      296: short(1),
    };
    const { info } = await open({ pages: pages(2, { tags }) });
    expect(info.pixelSize).toEqual(pixelSize);
    expect(info.timeStep).toBe(0.25);
  });
});

describe('resolution tags', () => {
  it.each([
    [3, [20_000, 1], { x: 0.5, y: 0.5 }],
    [2, [25_400, 2], { x: 2, y: 2 }],
    [1, [2, 1], undefined],
    [2, [72, 1], undefined],
    [2, [300, 1], undefined],
    [3, [1_181_100, 10_000], undefined],
    [3, [0, 0], undefined],
    [3, [0xffffffff, 36_364_128], undefined],
  ] as const)('of unit %i and %j give %j', async (unit, value, pixelSize) => {
    const resolution = rational(value as unknown as [number, number]);
    const { info } = await open({ pages: [page(0, { tags: { 282: resolution, 283: resolution, 296: short(unit) } })] });
    expect(info.pixelSize).toEqual(pixelSize);
  });
});

const ome = (pixels: string, inside = '', root = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><!-- OME --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" ${root}><Image ID="Image:0"><Pixels SizeX="6" SizeY="4" ${pixels}>${inside}</Pixels></Image></OME>`;

describe('OME-XML', () => {
  it('orders planes by DimensionOrder', async () => {
    const xml = ome('DimensionOrder="XYZTC" SizeZ="2" SizeT="3" SizeC="2"', '<TiffData/>');
    expect(await order({ pages: pages(12, described(xml)) })).toEqual([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]);
  });

  it('maps single planes by TiffData', async () => {
    const data = [2, 0, 3, 1].map((ifd, z) => `<TiffData IFD="${ifd}" FirstZ="${z}" PlaneCount="1"/>`).join('');
    const xml = ome('DimensionOrder="XYZCT" SizeZ="4" SizeT="1" SizeC="1"', data);
    expect(await order({ pages: pages(4, described(xml)) })).toEqual([2, 0, 3, 1]);
  });

  it('names channels and gives sizes in its units', async () => {
    const xml = ome(
      'DimensionOrder="XYCZT" SizeZ="1" SizeT="1" SizeC="2" PhysicalSizeX="650" PhysicalSizeXUnit="nm" PhysicalSizeY="0.65" PhysicalSizeZ="1" PhysicalSizeZUnit="reference frame" TimeIncrement="1500" TimeIncrementUnit="ms"',
      '<Channel Name="A &lt; B"/><Channel/><TiffData/>',
    );
    expect((await open({ pages: pages(2, described(xml)) })).info).toEqual({
      ...plain,
      channels: 2,
      channelNames: ['A < B', undefined],
      pixelSize: { x: 0.65, y: 0.65 },
      timeStep: 1.5,
    });
  });

  it('comes before the lines of ImageJ that Micro-Manager adds', async () => {
    const xml = ome('DimensionOrder="XYCZT" SizeZ="1" SizeT="2" SizeC="1"', '<TiffData/>');
    const spec = { pages: pages(2, described('ImageJ=1.54f\nimages=2\nslices=2\n')) };
    const bytes = Buffer.from(
      buildTiff({
        pages: [page(0, { tags: { 270: ascii('ImageJ=1.54f\nimages=2\nslices=2\n'), 271: ascii(xml) } }), page(1)],
      }),
    );
    bytes.writeUInt16LE(270, bytes.indexOf(Buffer.from([0x0f, 0x01, 2, 0]))); // Make becomes a second ImageDescription
    expect((await openImage(memorySource(bytes))).info).toMatchObject({ times: 2, depths: 1 });
    expect((await open(spec)).info).toMatchObject({ times: 1, depths: 2 });
  });

  it('of several files counts the planes of this one', async () => {
    const data = [0, 1]
      .map(
        (t) =>
          `<TiffData FirstT="${t}" IFD="0" PlaneCount="2"><UUID FileName="${t}.tif">urn:uuid:${t}</UUID></TiffData>`,
      )
      .join('');
    const xml = ome('DimensionOrder="XYZCT" SizeZ="2" SizeT="2" SizeC="1"', data, 'UUID="urn:uuid:1"');
    expect((await open({ pages: pages(2, described(xml)) })).info).toMatchObject({ times: 1, depths: 2 });
  });

  it.each([
    ['DimensionOrder="XYZCT" SizeZ="1" SizeT="1" SizeC="1"', '<TiffData IFD="0"/>', 'leaves out directory 1'],
    ['DimensionOrder="XYZCT" SizeZ="2" SizeT="1" SizeC="1"', '<TiffData IFD="0"/>', 'leaves out directory 1'],
    ['DimensionOrder="XYZZT" SizeZ="2" SizeT="1" SizeC="1"', '<TiffData/>', 'has DimensionOrder="XYZZT"'],
    ['DimensionOrder="XYZCT" SizeZ="2" SizeT="1" SizeC="1"', '<TiffData', 'is not well-formed'],
    ['DimensionOrder="XYZCT" SizeZ="x" SizeT="1" SizeC="1"', '<TiffData/>', 'has SizeZ="x" in Pixels'],
  ])('%s with %s is refused', async (pixels, inside, reason) => {
    expect(await refusal({ pages: pages(2, described(ome(pixels, inside))) })).toBe(
      `imageUnsupported: its OME-XML ${reason}`,
    );
  });
});

describe('files of microscope makers', () => {
  it('LSM: thumbnails are skipped, samples are channels, depth runs before time', async () => {
    const info = Buffer.alloc(300);
    info.writeUInt32LE(0x0400_494c, 0);
    info.writeInt32LE(2, 16); // depths
    info.writeInt32LE(2, 20); // channels
    info.writeInt32LE(2, 24); // times
    info.writeDoubleLE(1e-7, 40);
    info.writeDoubleLE(2e-7, 48);
    info.writeDoubleLE(5e-7, 56);
    info.writeUInt16LE(6, 88); // a stack at each time
    info.writeDoubleLE(12, 112);
    const data = (i: number) => Uint8Array.from({ length: 48 }, (_, j) => 10 * i + (j % 2));
    const plane = (i: number) =>
      page(0, { samples: 2, planar: true, photometric: 1, data: data(i), compression: 'lzw', predictor: 2 });
    const thumbnail = page(0, { height: 2, width: 2, tags: { 254: long(1) } });
    const lsm = { ...plane(0), tags: { 34412: { type: 1, values: new Uint8Array(info) } } };
    const spec = { pages: [lsm, thumbnail, plane(1), thumbnail, plane(2), thumbnail, plane(3), thumbnail] };
    expect((await open(spec)).info).toEqual({
      ...plain,
      times: 2,
      depths: 2,
      channels: 2,
      channelNames: [undefined, undefined],
      pixelSize: { x: 0.1, y: 0.2, z: 0.5 },
      timeStep: 12,
    });
    expect(await order(spec)).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('MetaMorph: one directory stands for all planes', async () => {
    const uic2 = new Uint8Array(new Uint32Array([1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0]).buffer);
    const data = Uint8Array.from({ length: 72 }, (_, i) => Math.floor(i / 24));
    const tags = { 257: long(4), 278: long(4), 279: long(24), 33629: { type: 5, values: uic2, count: 3 } };
    const spec = { pages: [{ height: 12, width: 6, data, tags }] };
    expect((await open(spec)).info).toMatchObject({ depths: 3, times: 1 });
    expect(await order(spec)).toEqual([0, 1, 2]);
  });

  it("tifffile: its description's axes count", async () => {
    const spec = { pages: pages(6, described('{"shape": [3, 2, 4, 6], "axes": "TCYX"}')) };
    expect((await open(spec)).info).toMatchObject({ times: 3, channels: 2, depths: 1 });
  });
});

import { describe, expect, it } from '@jest/globals';
import { formatReport, inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { memorySource } from '../support/memory-source.ts';
import { plainEntries, rawTiff } from '../support/raw-tiff.ts';
import { ascii, buildTiff, type FileSpec, type PageSpec, type RawField } from '../support/tiff-builder.ts';
import { fluoViewHeader, metaXpress, uic2, uic3 } from '../support/vendor-words.ts';

/** Pages of 2 x 3 whose every sample is their number. */
const pages = (count: number, tags: (i: number) => Record<number, RawField> = () => ({})): PageSpec[] =>
  Array.from({ length: count }, (_, i) => ({ height: 2, width: 3, data: new Uint8Array(6).fill(i), tags: tags(i) }));
const onFirst = (tags: Record<number, RawField>) => (i: number) => (i === 0 ? tags : {});

const report = (spec: FileSpec, axes?: string) =>
  inspectFile(memorySource(buildTiff(spec)), axes === undefined ? {} : { axes });

/** Pages in the order of the planes: channel fastest, then depth, time, position. */
async function order(spec: FileSpec, options: { axes?: string } = {}): Promise<number[]> {
  const image = await openImage(memorySource(buildTiff(spec)), options);
  const { positions, times, depths, channels } = image.info;
  const found: number[] = [];
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++)
        for (let channel = 0; channel < channels; channel++)
          found.push(Number((await image.readPlane({ position, time, depth, channel })).data[0]));
  return found;
}

const scanImage = (lines: string[], count: number, number = 305): FileSpec => ({
  pages: pages(count, onFirst({ [number]: ascii(lines.join('\n')) })),
});

describe('ScanImage', () => {
  const two = 'SI.hChannels.channelSave = [1;2]';

  it('interleaves its channels; frames are times', async () => {
    const spec = scanImage(['SI.VERSION_MAJOR = 2016', two, 'SI.hRoiManager.scanFrameRate = 20'], 6);
    expect(await report(spec)).toMatchObject({
      axesFrom: 'ScanImage',
      axes: 'TCYX',
      sizes: { T: 3, C: 2 },
      timeStep: 0.05,
    });
    expect(await order(spec)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('takes a stack slice by slice: frames run before slices', async () => {
    const lines = [
      two,
      'SI.hStackManager.numSlices = 3',
      'SI.hStackManager.framesPerSlice = 2',
      'SI.hFastZ.enable = false',
    ];
    const spec = scanImage(lines, 12);
    expect(await report(spec)).toMatchObject({ axes: 'TZCYX', sizes: { T: 2, Z: 3, C: 2 } });
    expect(await order(spec)).toEqual([0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11]);
  });

  it('takes volumes with fast focus: slices run before volumes', async () => {
    const lines = [
      'SI.hChannels.channelSave = 1',
      'SI.hStackManager.numSlices = 3',
      'SI.hStackManager.framesPerSlice = 1',
      'SI.hStackManager.stackZStepSize = 5',
      'SI.hFastZ.enable = true',
      'SI.hRoiManager.scanVolumeRate = 4',
      'SI.hRoiManager.imagingFovUm = [-3 -2;3 -2;3 2;-3 2]',
    ];
    expect(await report(scanImage(lines, 6))).toMatchObject({
      axes: 'TZYX',
      sizes: { T: 2, Z: 3 },
      timeStep: 0.25,
      pixelSize: { x: 2, y: 2, z: 5 },
    });
  });

  it('averages frames before it saves them', async () => {
    const lines = [
      'SI.hChannels.channelSave = 1',
      'SI.hStackManager.numSlices = 4',
      'SI.hStackManager.framesPerSlice = 10',
      'SI.hScan2D.logAverageFactor = 10',
    ];
    expect(await report(scanImage(lines, 4))).toMatchObject({ axes: 'ZYX', sizes: { Z: 4 } });
  });

  it('names the channels that were saved', async () => {
    const lines = ["SI.hChannels.channelName = {'GCaMP' 'unused' 'tdTomato'}", 'SI.hChannels.channelSave = [1 3]'];
    expect((await report(scanImage(lines, 4))).channels).toEqual(['GCaMP', 'tdTomato']);
  });

  it.each([
    [
      'version 5',
      ['scanimage.SI5.channelsSave = [1;2]', 'scanimage.SI5.stackNumSlices = 1', 'scanimage.SI5.acqNumFrames = 3'],
      'TCYX',
    ],
    [
      'version 4',
      ['scanimage.SI4.channelsSave = [1;2]', 'scanimage.SI4.stackNumSlices = 3', 'scanimage.SI4.acqNumFrames = 1'],
      'ZCYX',
    ],
    ['version 2015', ['scanimage.SI.hChannels.channelSave = [1;2]'], 'TCYX'],
    [
      'version 3',
      [
        'state.configName=a',
        'state.acq.numberOfChannelsSave=2',
        'state.acq.numberOfFrames=3',
        'state.acq.numberOfZSlices=1',
      ],
      'TCYX',
    ],
    [
      'version 3, a stack',
      [
        'state.acq.savingChannel1=1',
        'state.acq.savingChannel2=1',
        'state.acq.savingChannel3=0',
        'state.acq.numberOfFrames=1',
        'state.acq.numberOfZSlices=3',
      ],
      'ZCYX',
    ],
  ])('of %s says it in the description', async (_, lines, axes) => {
    expect(await report(scanImage(lines, 6, 270))).toMatchObject({ axesFrom: 'ScanImage', axes });
  });

  it('that was stopped between two channels leaves out the page whose other channel is missing, by name', async () => {
    expect(await report(scanImage([two], 5))).toMatchObject({
      axes: 'TCYX',
      sizes: { T: 2, C: 2 },
      notes: ['page 4 left out: other channels are not there'],
    });
    expect(await order(scanImage([two], 5))).toEqual([0, 1, 2, 3]);
  });

  describe('with fast focus', () => {
    const volumes = (...more: string[]) => [
      'SI.hChannels.channelSave = 1',
      'SI.hStackManager.numSlices = 2',
      'SI.hFastZ.enable = true',
      'SI.hRoiManager.scanFrameRate = 10',
      ...more,
    ];
    const back = 'SI.hFastZ.numFramesPerVolume = 3';

    it('leaves out by name what it saved while the focus went back', async () => {
      const spec = scanImage(volumes(back), 9);
      expect(await report(spec)).toMatchObject({
        axes: 'TZYX',
        sizes: { T: 3, Z: 2 },
        notes: ['pages 2, 5, 8 left out: the focus went back between two volumes'],
      });
      expect(await order(spec)).toEqual([0, 1, 3, 4, 6, 7]);
    });

    it.each([
      ['has such frames where they were not discarded', 'false', { T: 2, Z: 2 }],
      ['has none where they were discarded', 'true', { T: 3, Z: 2 }],
    ])('%s and the number of pages fits both', async (_, discarded, sizes) => {
      const spec = scanImage(volumes(back, `SI.hFastZ.discardFlybackFrames = ${discarded}`), 6);
      expect(await report(spec)).toMatchObject({ axes: 'TZYX', sizes });
    });

    it('that was stopped within a volume has its slices as times, and a note says so', async () => {
      expect(await report(scanImage(volumes(), 5))).toMatchObject({
        axes: 'TYX',
        sizes: { T: 5 },
        timeStep: 0.1,
        notes: [
          '5 of the 6 planes that its ScanImage header claims are there',
          'its planes make no whole stack, times and depths taken as times',
        ],
      });
    });
  });

  it('that was stopped within a slice has its frames as times, and a note says so', async () => {
    const lines = ['SI.hChannels.channelSave = 1', 'SI.hStackManager.numSlices = 3'];
    expect(await report(scanImage([...lines, 'SI.hStackManager.framesPerSlice = 2'], 5))).toMatchObject({
      axes: 'TYX',
      sizes: { T: 5 },
      notes: [
        '5 of the 6 planes that its ScanImage header claims are there',
        'its planes make no whole stack, times and depths taken as times',
      ],
    });
    expect(await report(scanImage([...lines, 'SI.hStackManager.framesPerSlice = Inf'], 5))).toMatchObject({
      axes: 'TYX',
      sizes: { T: 5 },
      notes: ['5 frames, taken as times: its ScanImage header says 3 slices; --axes says otherwise'],
    });
  });

  it('that has fewer pages than channels is taken as depth, and a note says so', async () => {
    expect((await report(scanImage(['SI.hChannels.channelSave = [1;2;3]'], 2))).notes).toEqual([
      '2 pages, taken as depth: its ScanImage settings say 3 channels; --axes says otherwise',
    ]);
  });
});

const json = (metadata: unknown): Record<number, RawField> => ({ 51123: ascii(JSON.stringify(metadata)) });

describe('Micro-Manager and NDTiff', () => {
  it('say of each plane where it stands, what its channel is called and how large its pixels are', async () => {
    const metadata = (i: number) => ({
      ChannelIndex: Math.floor(i / 4),
      SliceIndex: i % 2,
      FrameIndex: Math.floor(i / 2) % 2,
      PositionIndex: 0,
      Channel: ['DAPI', 'GFP'][Math.floor(i / 4)],
      PixelSizeUm: 0.325,
      ZPositionUm: 10 + 1.5 * (i % 2),
      'Exposure-ms': 50,
      'ElapsedTime-ms': 2000 * (Math.floor(i / 2) % 2),
    });
    const spec = { pages: pages(8, (i) => json(metadata(i))) };
    expect(await report(spec)).toMatchObject({
      axesFrom: 'Micro-Manager',
      axes: 'TZCYX',
      sizes: { T: 2, Z: 2, C: 2 },
      channels: ['DAPI', 'GFP'],
      pixelSize: { x: 0.325, y: 0.325, z: 1.5 },
      timeStep: 2,
      exposureTime: 0.05,
    });
    expect(await order(spec)).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  });

  it('of pycro-manager name axes, channels by name', async () => {
    const at = [
      { time: 0, channel: 'Cy5', z: 0 },
      { time: 0, channel: 'Cy5', z: 1 },
      { time: 0, channel: 'DAPI', z: 0 },
      { time: 0, channel: 'DAPI', z: 1 },
    ];
    const spec = { pages: pages(4, (i) => json({ Axes: at[i], PixelSizeUm: 0 })) };
    expect(await report(spec)).toMatchObject({ axesFrom: 'NDTiff', axes: 'ZCYX', channels: ['Cy5', 'DAPI'] });
    expect(await order(spec)).toEqual([0, 2, 1, 3]);
  });

  it('take rows and columns of a grid as positions', async () => {
    const spec = { pages: pages(6, (i) => json({ Axes: { row: Math.floor(i / 3), column: i % 3 } })) };
    expect(await report(spec)).toMatchObject({ axes: 'PYX', sizes: { P: 6 } });
  });

  it('that were stopped between two channels leave out the page whose other channel is missing, by name', async () => {
    const spec = { pages: pages(5, (i) => json({ Axes: { time: Math.floor(i / 2), channel: i % 2 } })) };
    expect(await report(spec)).toMatchObject({
      axes: 'TCYX',
      sizes: { T: 2, C: 2 },
      notes: ['page 4 left out: other channels are not there'],
    });
  });

  it('that were stopped within a stack have its depths as times, and their channels', async () => {
    const metadata = (i: number) => ({ ChannelIndex: i % 2, SliceIndex: (i >> 1) % 3, FrameIndex: Math.floor(i / 6) });
    const spec = { pages: pages(8, (i) => json(metadata(i))) };
    expect(await report(spec)).toMatchObject({
      axes: 'TCYX',
      sizes: { T: 4, C: 2 },
      notes: ['its planes make no whole stack, times and depths taken as times'],
    });
    expect(await order(spec)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('two of whose planes stand at one point are taken as depth, and a note says so', async () => {
    const spec = { pages: pages(3, (i) => json({ Axes: { time: i >> 1 } })) };
    expect((await report(spec)).notes).toEqual([
      '3 pages, taken as depth: the metadata of its planes (NDTiff) make no whole stack; --axes says otherwise',
    ]);
  });

  it('count before the plain words of ImageJ, and are ignored where they are no JSON', async () => {
    const ij = ascii('ImageJ=1.54f\nimages=2\nslices=2\n');
    const time = { pages: pages(2, (i) => ({ ...json({ FrameIndex: i }), ...(i === 0 && { 270: ij }) })) };
    expect(await report(time)).toMatchObject({ axesFrom: 'Micro-Manager', axes: 'TYX' });
    const broken = { pages: pages(2, (i) => ({ 51123: ascii('{"FrameIndex"'), ...(i === 0 && { 270: ij }) })) };
    expect(await report(broken)).toMatchObject({ axesFrom: 'ImageJ', axes: 'ZYX' });
  });
});

describe('Micro-Manager and NDTiff files of a recording that was stopped', () => {
  const [index, ndTiff] = [54_773_648, 483_729];
  /** `count` pages whose last directory leads to the end of the file; then `behind`. */
  const stopped = (count: number, header: [number, number], behind: Uint8Array = new Uint8Array(0)) => {
    const head = new Uint32Array(header);
    const blob = Buffer.concat([new Uint8Array(head.buffer), new Uint8Array(6).fill(7)]);
    const bytes = rawTiff(blob, count, () =>
      plainEntries(3, 2).map((entry) => (entry[0] === 273 ? [273, 4, 1, 16] : entry)),
    );
    new DataView(bytes.buffer).setUint32(bytes.length - 4, bytes.length, true);
    return new Uint8Array(Buffer.concat([bytes, behind]));
  };
  const looked = (bytes: Uint8Array) => inspectFile(memorySource(bytes));

  it.each<[string, [number, number], Uint8Array]>([
    ['Micro-Manager, at the end of the file', [index, 0], new Uint8Array(0)],
    ['Micro-Manager, in bytes that were never written', [index, 0], new Uint8Array(500)],
    ['NDTiff', [ndTiff, 3], new Uint8Array(0)],
  ])('end with the last page that was written: %s', async (_, header, behind) => {
    expect((await looked(stopped(3, header, behind))).pages).toHaveLength(3);
  });

  it('whose index was written are damaged where they are cut off', async () => {
    await expect(looked(stopped(3, [index, 99]))).rejects.toMatchObject({ code: 'imageBroken' });
  });

  it('leave out a page whose samples were not yet written, by name', async () => {
    const bytes = stopped(3, [index, 0]);
    const strip = bytes.lastIndexOf(16); // of the last directory: StripOffsets
    new DataView(bytes.buffer).setUint32(strip, bytes.length - 2, true);
    const found = await looked(bytes);
    expect(found.pages).toHaveLength(2);
    expect(found.notes).toContain('page 2 left out: the recording was stopped while it was written');
  });
});

/** An STK file: one directory, `count` planes one after the other. */
function stack(count: number, tags: Record<number, RawField>): FileSpec {
  const data = Uint8Array.from({ length: 6 * count }, (_, i) => Math.floor(i / 6));
  const one = (value: number): RawField => ({ type: 4, values: [value] });
  return { pages: [{ height: 2 * count, width: 3, data, tags: { 257: one(2), 278: one(2), 279: one(6), ...tags } }] };
}

describe('MetaMorph STK', () => {
  it('takes the time step between the first planes of two times, not to the last channel', async () => {
    const stamps = [{ ms: 0 }, { ms: 40 }, { ms: 1000 }, { ms: 1040 }];
    expect(await report(stack(4, { 33629: uic2(stamps), 33630: uic3([447, 525, 447, 525]) }))).toMatchObject({
      axes: 'TCYX',
      channels: ['447', '525'],
      timeStep: 1,
    });
  });

  it('says distances of planes: depths', async () => {
    const found = await report(stack(3, { 33629: uic2([{ distance: 0.5 }, { distance: 0.5 }, { distance: 0.5 }]) }));
    expect(found).toMatchObject({
      axesFrom: 'MetaMorph',
      axes: 'ZYX',
      pixelSizeReason: 'MetaMorph was not calibrated',
    });
  });

  it('says times where planes are not apart', async () => {
    const tags = {
      33629: uic2([{ ms: 0 }, { ms: 500 }, { ms: 1000 }]),
      270: ascii('Acquired from Camera\r\nExposure: 100 ms\r\n'),
    };
    expect(await report(stack(3, tags))).toMatchObject({ axes: 'TYX', timeStep: 0.5, exposureTime: 0.1 });
  });

  it('says wavelengths: channels', async () => {
    const spec = stack(4, {
      33629: uic2([{ ms: 0 }, { ms: 1 }, { ms: 2 }, { ms: 3 }]),
      33630: uic3([405, 488, 405, 488]),
    });
    expect(await report(spec)).toMatchObject({ axes: 'TCYX', channels: ['405', '488'] });
    expect(await order(spec)).toEqual([0, 1, 2, 3]);
    const blocks = stack(4, { 33629: uic2([{}, {}, {}, {}]), 33630: uic3([405, 405, 488, 488]) });
    expect(await order(blocks)).toEqual([0, 2, 1, 3]);
  });

  it('that was stopped has the planes before its directory, and says so', async () => {
    const stamps = new Uint8Array(9 * 24);
    for (let i = 0; i < 9; i++) new DataView(stamps.buffer).setUint32(24 * i + 12, 500 * i, true);
    const samples = Uint8Array.from({ length: 18 }, (_, i) => Math.floor(i / 6));
    const bytes = rawTiff(samples, 1, () => [
      ...plainEntries(3, 2),
      [33629, 5, 9, 8 + 18 + 2 + 12 * (plainEntries(3, 2).length + 1) + 4],
    ]);
    const found = await inspectFile(memorySource(new Uint8Array(Buffer.concat([bytes, stamps]))));
    expect(found).toMatchObject({
      axes: 'TYX',
      sizes: { T: 3 },
      timeStep: 0.5,
      notes: ['3 of the 9 planes that its MetaMorph header claims are there'],
    });
  });

  it('that says nothing of its planes is taken as depth, and a note says so', async () => {
    expect((await report(stack(2, { 33629: uic2([{}, {}]) }))).notes).toEqual([
      '2 pages, taken as depth: the file does not say what they are; --axes says otherwise',
    ]);
  });

  it('says its calibration in UIC1, where it has one', async () => {
    const calibrated = (on: number) => {
      // values of UIC1 lie in a private tag whose place the builder chose: written after the file is made
      const values = Buffer.alloc(8 + 8 + 4 + 8);
      values.writeUInt32LE(13, 0);
      values.writeUInt32LE(20, 4);
      values.writeUInt32LE(13, 8);
      values.writeUInt32LE(10, 12);
      values.writeUInt32LE(3, 16);
      values.write('um\0', 20, 'latin1');
      const spec = stack(2, {
        33629: uic2([{ distance: 1.25 }, { distance: 1.25 }]),
        33628: { type: 4, values: [3, on, 4, 0x11111111, 5, 0x22222222, 6, 0x33333333], count: 4 },
        65000: { type: 1, values: new Uint8Array(values) },
      });
      const bytes = Buffer.from(buildTiff(spec));
      const at = bytes.indexOf(values);
      for (const [mark, offset] of [
        [0x11, 0],
        [0x22, 8],
        [0x33, 16],
      ] as const)
        bytes.writeUInt32LE(at + offset, bytes.indexOf(Buffer.alloc(4, mark)));
      return inspectFile(memorySource(new Uint8Array(bytes)));
    };
    expect((await calibrated(1)).pixelSize).toEqual({ x: 0.65, y: 1.3, z: 1.25 });
    expect((await calibrated(0)).pixelSizeReason).toBe('MetaMorph was not calibrated');
  });
});

describe('MetaXpress', () => {
  const calibration = {
    'spatial-calibration-state': 'on',
    'spatial-calibration-x': 1.3668,
    'spatial-calibration-y': 1.3668,
    'spatial-calibration-units': 'um',
  };
  const oneDpi = { 282: { type: 5, values: [[1, 1]] }, 283: { type: 5, values: [[1, 1]] } } as const;

  it('says the pixel size in its XML; the 1 dpi of its tags is none', async () => {
    const words = metaXpress(
      { Description: 'Exposure: 300 ms&#13;&#10;Binning: 2 x 2', ...calibration },
      { wavelength: 447, _IllumSetting_: 'DAPI' },
    );
    const found = await report({ pages: pages(1, () => ({ ...oneDpi, 270: ascii(words) })) });
    expect(found).toMatchObject({
      axesFrom: 'MetaMorph',
      pixelSize: { x: 1.3668, y: 1.3668 },
      exposureTime: 0.3,
      channels: ['DAPI'],
    });
  });

  it.each([
    [
      { ...calibration, 'spatial-calibration-state': 'off' },
      'MetaXpress was not calibrated (spatial-calibration-state is off)',
    ],
    [{ ...calibration, 'spatial-calibration-units': 'pixel' }, 'MetaXpress: 1.3668 pixel'],
    [{ 'image-name': 'a' }, 'MetaXpress: no length without a unit'],
  ])('without a calibration has no pixel size: %j', async (properties, reason) => {
    const found = await report({ pages: pages(1, () => ({ ...oneDpi, 270: ascii(metaXpress(properties)) })) });
    expect(found).toMatchObject({ pixelSizeReason: reason });
    expect(found.pixelSize).toBeUndefined();
  });

  it('says of each page its wavelength and depth', async () => {
    const words = (i: number) =>
      ascii(
        metaXpress(calibration, {
          wavelength: [447, 525][Math.floor(i / 3)]!,
          'z-position': 10 + 2 * (i % 3),
          _IllumSetting_: ['DAPI', 'FITC'][Math.floor(i / 3)]!,
        }),
      );
    const spec = { pages: pages(6, (i) => ({ 270: words(i) })) };
    expect(await report(spec)).toMatchObject({
      axes: 'ZCYX',
      channels: ['DAPI', 'FITC'],
      pixelSize: { x: 1.3668, y: 1.3668, z: 2 },
    });
    expect(await order(spec)).toEqual([0, 3, 1, 4, 2, 5]);
  });

  it('says of each page when it was taken: times', async () => {
    const words = (i: number) =>
      ascii(metaXpress(calibration, { 'z-position': 10, 'acquisition-time-local': `20200101 10:00:0${i}.000` }));
    expect(await report({ pages: pages(3, (i) => ({ 270: words(i) })) })).toMatchObject({ axes: 'TYX' });
  });
});

describe('ImageJ and tifffile', () => {
  const imageJ = (lines: string[], count: number): FileSpec => ({
    pages: pages(count, onFirst({ 270: ascii(['ImageJ=1.54f', ...lines, ''].join('\n')) })),
  });

  it.each([
    ['whole frames', ['images=100', 'channels=2', 'frames=50'], 6, { T: 3, C: 2 }, [0, 1, 2, 3, 4, 5], []],
    [
      'a frame without its second channel',
      ['images=100', 'channels=2', 'frames=50'],
      5,
      { T: 2, C: 2 },
      [0, 1, 2, 3],
      ['page 4 left out: other channels are not there'],
    ],
    [
      'a part of a stack',
      ['images=60', 'channels=2', 'slices=3', 'frames=10'],
      8,
      { T: 4, C: 2 },
      [0, 1, 2, 3, 4, 5, 6, 7],
      ['its planes make no whole stack, times and depths taken as times'],
    ],
    ['frames before channels', ['channels=2', 'frames=4', 'order=tzc'], 4, { T: 4 }, [0, 1, 2, 3], []],
  ])('that stopped after %s keep their axes', async (_, lines, count, sizes, planes, notes) => {
    const found = await report(imageJ(lines, count));
    expect(found).toMatchObject({ axesFrom: 'ImageJ', sizes });
    expect(found.notes?.[0]).toMatch(/^\d of the \d+ planes that its ImageJ description claims are there$/);
    expect(found.notes?.slice(1)).toEqual(notes);
    expect(await order(imageJ(lines, count))).toEqual(planes);
  });

  it('that stopped keep the axes of tifffile’s shape', async () => {
    const words = ascii('{"shape": [9, 2, 2, 3], "axes": "TCYX"}');
    expect(await report({ pages: pages(4, onFirst({ 270: words })) })).toMatchObject({
      axesFrom: 'tifffile',
      sizes: { T: 2, C: 2 },
      notes: ['4 of the 18 planes that its tifffile description claims are there'],
    });
  });
});

describe('FluoView', () => {
  const plane = [
    { name: 'x', size: 3, step: 0.25, unit: 'um' },
    { name: 'y', size: 2, step: 0.25, unit: 'um' },
  ];

  it('says axes, fastest first, and sizes in its header', async () => {
    const header = fluoViewHeader([
      ...plane,
      { name: 'z', size: 2, step: -1.5, unit: 'um' },
      { name: 'Time', size: 3, step: 4000, unit: 'ms' },
      { name: 'Ch', size: 2, step: 1, unit: '' },
    ]);
    const spec = { pages: pages(12, onFirst({ 34361: header })) };
    expect(await report(spec)).toMatchObject({
      axesFrom: 'FluoView',
      axes: 'TZCYX',
      sizes: { T: 3, Z: 2, C: 2 },
      pixelSize: { x: 0.25, y: 0.25, z: 1.5 },
      timeStep: 4,
    });
    expect(await order(spec)).toEqual([0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11]);
  });

  it('whose header claims fewer planes than there are pages is taken as depth, and a note says so', async () => {
    const header = fluoViewHeader([...plane, { name: 'Time', size: 2, step: 1, unit: 's' }]);
    expect((await report({ pages: pages(3, onFirst({ 34361: header })) })).notes).toEqual([
      '3 pages, taken as depth: its FluoView header says time 2; --axes says otherwise',
    ]);
  });

  it('that was stopped has the axes that it was to have', async () => {
    const header = fluoViewHeader([
      ...plane,
      { name: 'Ch', size: 2, step: 1, unit: '' },
      { name: 'Time', size: 5, step: 1, unit: 's' },
    ]);
    expect(await report({ pages: pages(4, onFirst({ 34361: header })) })).toMatchObject({
      axes: 'TCYX',
      sizes: { T: 2, C: 2 },
      notes: ['4 of the 10 planes that its FluoView header claims are there'],
    });
  });
});

describe('Zeiss LSM', () => {
  const lsm = (depths: number, times: number): RawField => {
    const info = Buffer.alloc(300);
    info.writeUInt32LE(0x0400_494c, 0);
    info.writeInt32LE(depths, 16);
    info.writeInt32LE(times, 24);
    info.writeDoubleLE(2e-7, 40);
    info.writeDoubleLE(2e-7, 48);
    info.writeDoubleLE(1e-6, 56);
    info.writeDoubleLE(1.5, 112);
    return { type: 1, values: new Uint8Array(info) };
  };

  it('that was stopped early has the times that are there, and a note says so', async () => {
    expect(await report({ pages: pages(4, onFirst({ 34412: lsm(2, 10) })) })).toMatchObject({
      axes: 'TZYX',
      sizes: { T: 2, Z: 2 },
      pixelSize: { x: 0.2, y: 0.2, z: 1 },
      timeStep: 1.5,
      notes: ['its LSM header (scan type 0) says 2 depths x 10 times x 1 positions, the file has 4 planes: 2 times'],
    });
  });

  it('names its channels', async () => {
    const names = Buffer.alloc(24 + 8 + 8 + 8);
    names.writeUInt32LE(names.length, 0);
    names.writeUInt32LE(2, 4);
    names.writeUInt32LE(2, 8);
    names.writeUInt32LE(24, 12);
    names.writeUInt32LE(32, 16);
    names.writeUInt32LE(4, 32);
    names.write('Ch1\0', 36, 'latin1');
    names.writeUInt32LE(4, 40);
    names.write('Ch2\0', 44, 'latin1');
    const field = lsm(1, 1);
    const mark = 0x55555555;
    new DataView((field.values as Uint8Array).buffer).setUint32(108, mark, true);
    const page: PageSpec = {
      height: 2,
      width: 3,
      samples: 2,
      photometric: 1,
      data: new Uint8Array(12),
      tags: { 34412: field, 65000: { type: 1, values: new Uint8Array(names) } },
    };
    const bytes = Buffer.from(buildTiff({ pages: [page] }));
    bytes.writeUInt32LE(bytes.indexOf(names), bytes.indexOf(Buffer.alloc(4, 0x55)));
    expect((await inspectFile(memorySource(new Uint8Array(bytes)))).channels).toEqual(['Ch1', 'Ch2']);
  });
});

describe('Aperio slides', () => {
  it('have pairs between bars only', async () => {
    const words = 'Aperio Image Library\nMPP = 7|a|MPP = 0.25 \r\nX = 1|= 3||b==4';
    const found = await report({ pages: pages(1, () => ({ 270: ascii(words) })) });
    expect(found.pixelSize).toEqual({ x: 0.25, y: 0.25 });
  });

  it('say their pixel size; thumbnail, level, label and overview are left out', async () => {
    const small = (height: number, width: number, tags = {}): PageSpec => ({
      height,
      width,
      samples: 3,
      data: new Uint8Array(3 * height * width),
      tags,
    });
    const slide = small(40, 60, {
      270: ascii(
        'Aperio Image Library v11.2.1 \r\n60x40 [0,0 60x40] JPEG/RGB Q=70|AppMag = 20|MPP = 0.4990|Left = 25.69',
      ),
    });
    const spec = {
      pages: [
        slide,
        small(8, 12),
        small(10, 15),
        small(6, 6, { 254: { type: 4, values: [1] } }),
        small(5, 20, { 254: { type: 4, values: [9] } }),
      ],
    };
    expect(await report(spec)).toMatchObject({
      axesFrom: 'Aperio',
      axes: 'YXS',
      pixelSize: { x: 0.499, y: 0.499 },
      notes: [
        'left out: page 1 (12 x 8 pixels, smaller than the image); page 2 (15 x 10 pixels, smaller than the image); pages 3, 4 (a thumbnail)',
      ],
    });
  });
});

describe('axes that the user names', () => {
  const six = { pages: pages(6) };

  it.each([
    ['T', { T: 6 }, [0, 1, 2, 3, 4, 5]],
    ['c', { C: 6 }, [0, 1, 2, 3, 4, 5]],
    ['TYX', { T: 6 }, [0, 1, 2, 3, 4, 5]],
    ['C2T', { T: 3, C: 2 }, [0, 3, 1, 4, 2, 5]],
    ['TC2', { T: 3, C: 2 }, [0, 1, 2, 3, 4, 5]],
    ['P3Z2', { P: 3, Z: 2 }, [0, 1, 2, 3, 4, 5]],
  ])('%s', async (axes, sizes, planes) => {
    const found = await report(six, axes);
    expect(found).toMatchObject({ axesFrom: 'axes', sizes });
    expect(found.notes).toBeUndefined();
    expect(await order(six, { axes })).toEqual(planes);
    expect(formatReport(found)[1]).toMatch(/\(as --axes says\)$/);
  });

  it.each([
    ['CT', 'axes CT do not fit: the file has 6 planes: say how many of each, such as C2T3'],
    ['C4T', 'axes C4T do not fit: the file has 6 planes, which is not C 4 x T ?'],
    ['C2T2', 'axes C2T2 do not fit: the file has 6 planes, which is not C 2 x T 2'],
    ['CC', 'axes CC do not fit: axes are letters of P, T, Z and C, each once, slowest first, with or without a size'],
  ])('%s is refused by name', async (axes, message) => {
    await expect(report(six, axes)).rejects.toMatchObject({ code: 'axesMisfit', message });
  });

  it('take their sizes from the file where it says them, in the order of the user', async () => {
    const words = ascii('ImageJ=1.54f\nimages=6\nchannels=2\nframes=3\nhyperstack=true\nunit=um\nfinterval=5\n');
    const spec = { pages: pages(6, onFirst({ 270: words })) };
    expect(await report(spec, 'CT')).toMatchObject({ sizes: { T: 3, C: 2 }, timeStep: 5 });
    expect(await order(spec, { axes: 'CT' })).toEqual([0, 3, 1, 4, 2, 5]);
    expect(await report(spec, 'Z')).toMatchObject({ sizes: { Z: 6 } });
  });
});

import { describe, expect, it } from '@jest/globals';
import type { ImageInfo, Plane, SampleType } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { bytesPerSample } from '../../functions/image/tiff/layout.ts';
import { samplesOn } from '../../functions/image/tiff/segment.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { collect, memorySource } from '../support/memory-source.ts';

const plain: ImageInfo = {
  height: 37,
  width: 53,
  samples: 1,
  type: 'uint16',
  positions: 1,
  times: 1,
  depths: 1,
  channels: 1,
  channelNames: [undefined],
};

/** Samples that say where they stand: the plane's number and a running one, both over the whole range of the type. */
function plane(info: ImageInfo, number: number): Plane {
  const { height, width, samples, type } = info;
  const count = height * width * samples;
  const data = samplesOn(type, new ArrayBuffer(count * bytesPerSample[type]), 0, count) as Uint32Array;
  for (let i = 0; i < count; i++)
    data[i] = type === 'float32' ? i / 7 - number : (i * 2_654_435_761 + number * 977) >>> 0;
  return { height, width, samples, type, data };
}

const count = (info: ImageInfo) => info.positions * info.times * info.depths * info.channels;
const planes = (info: ImageInfo, number = count(info)) => Array.from({ length: number }, (_, i) => plane(info, i));
const write = (info: ImageInfo, options = {}) => collect(writeTiff(info, planes(info), options));

describe('a written TIFF', () => {
  const types: SampleType[] = ['uint8', 'uint16', 'uint32', 'int32', 'float32'];
  for (const type of types)
    for (const samples of [1, 3, 4])
      for (const bigTiff of [false, true])
        it(`reads back exactly: ${samples} x ${type}${bigTiff ? ', BigTIFF' : ''}`, async () => {
          const info = { ...plain, type, samples, times: 2 };
          const image = await openImage(memorySource(await write(info, { bigTiff })));
          expect(image.info).toEqual(info);
          for (const time of [0, 1])
            expect(await image.readPlane({ position: 0, time, depth: 0, channel: 0 })).toEqual(plane(info, time));
        });

  it('keeps axes, channel names, pixel size and time step', async () => {
    const info: ImageInfo = {
      ...plain,
      positions: 2,
      times: 3,
      depths: 4,
      channels: 2,
      channelNames: ['nuclei', 'µ-tubules'],
      pixelSize: { x: 0.065, y: 0.0651, z: 0.3 },
      timeStep: 2.5,
    };
    const image = await openImage(memorySource(await write(info)));
    expect(image.info).toEqual(info);
    // channel runs fastest, then depth, time, position
    const last = await image.readPlane({ position: 1, time: 2, depth: 3, channel: 1 });
    expect(last).toEqual(plane(info, 47));
    expect(await image.readPlane({ position: 1, time: 0, depth: 2, channel: 1 })).toEqual(plane(info, 29));
  });

  it('describes its axes in words that ImageJ knows', async () => {
    const info = {
      ...plain,
      depths: 2,
      channels: 2,
      channelNames: [undefined, undefined],
      pixelSize: { x: 0.5, y: 0.5, z: 2 },
    };
    const { descriptions } = await openTiff(memorySource(await write(info)));
    expect(descriptions).toEqual([
      'ImageJ=1.11a\nimages=4\nchannels=2\nslices=2\nhyperstack=true\nmode=grayscale\nunit=micron\nspacing=2\nloop=false\n',
    ]);
  });

  it('has strips of at most 256 KiB and at least one row', async () => {
    const wide = { ...plain, height: 5, width: 200_000 };
    const file = await openTiff(memorySource(await write(wide)));
    expect(file.pages[0]!.layout).toMatchObject({ segmentHeight: 1, compression: 8, predictor: 1 });
    const tall = { ...plain, height: 1000, width: 1024 };
    const other = await openTiff(memorySource(await write(tall)));
    expect(other.pages[0]!.layout).toMatchObject({ segmentHeight: 128 });
  });

  it('is the same bytes each time', async () => {
    const info = { ...plain, depths: 3 };
    expect(Buffer.compare(await write(info), await write(info))).toBe(0);
  });

  it('is classic where the worst compression fits into 4 GiB, else BigTIFF', async () => {
    const first = async (info: ImageInfo) => {
      for await (const chunk of writeTiff(info, [])) return Buffer.from(chunk).toString('latin1');
      return undefined;
    };
    const side = { ...plain, height: 32_768, width: 32_768 }; // 2 GiB a plane
    expect((await first(side))?.slice(0, 3)).toBe('II*');
    expect((await first({ ...side, depths: 2 }))?.slice(0, 3)).toBe('II+');
  });

  it.each([
    ['too few planes', 2, '2 of 3 planes'],
    ['too many planes', 4, 'more than 3 planes'],
  ])('is refused with %s', async (_, number, message) => {
    const info = { ...plain, depths: 3 };
    await expect(collect(writeTiff(info, planes(info, number)))).rejects.toThrow(new RangeError(message));
  });

  it('is refused with a plane of another kind', async () => {
    const other = plane({ ...plain, width: 52 }, 0);
    await expect(collect(writeTiff(plain, [other]))).rejects.toThrow(new RangeError('a plane of width 52, not 53'));
    const short = { ...plane(plain, 0), data: new Uint16Array(3) };
    await expect(collect(writeTiff(plain, [short]))).rejects.toThrow(new RangeError('a plane of 3 samples, not 1961'));
  });
});

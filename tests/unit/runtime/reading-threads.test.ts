import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import { openFileSource } from '../../../functions/image/file-source.ts';
import { inspectFile } from '../../../functions/image/inspect.ts';
import { besideFile } from '../../../functions/image/sibling-files.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { type ReadingLimits, readingLimits } from '../../../functions/runtime/reading/allowance.ts';
import { type ReadingThreads, readingThreads } from '../../../functions/runtime/reading/reading-threads.ts';
import { modelFolder } from '../../support/models.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { ascii, buildTiff, type PageSpec, rational, short } from '../../support/tiff-builder.ts';
import { samplesFor } from '../../support/tiff-samples.ts';
import { buildZip } from '../../support/zip-builder.ts';

const [height, width] = [40, 30];
const page: PageSpec = { height, width, data: samplesFor(height * width, 8, 'uint'), compression: 'lzw' };
const description = '{"shape": [3, 40, 30], "axes": "ZYX"}';
const screen = { 282: rational([72, 1]), 283: rational([72, 1]), 296: short(2) };
const stack = buildTiff({ pages: [{ ...page, tags: { 270: ascii(description), ...screen } }, page, page] });
const sizes = 'DimensionOrder="XYCZT" SizeX="30" SizeY="40" SizeZ="1" SizeC="1" SizeT="1"';
/** Half a million elements that are kept: a second of work, and some 200 MB. */
const many = `<OME><Image><Pixels ${sizes}><TiffData/>${'<Channel/>'.repeat(500_000)}</Pixels></Image></OME>`;
const costly = buildTiff({ pages: [{ ...page, tags: { 270: ascii(many) } }] });

let folder: TemporaryFolder;
let reading: ReadingThreads | undefined;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  await reading?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function open(name: string, bytes: Uint8Array) {
  const path = join(folder.path, name);
  await writeFile(path, bytes);
  return { path, source: await openFileSource(path) };
}

const threads = (limits: Partial<ReadingLimits> = {}) => {
  reading = readingThreads({ ...readingLimits, lookEveryMs: 10, ...limits });
  return reading;
};

describe('reading threads', () => {
  it('read images, reports, zips and models as the main thread does', async () => {
    const { openImage: openThere, inspect, readZipDirectory: readThere, openModel: openModelThere } = threads();
    const { source } = await open('stack.tif', stack);
    const here = await openImage(source);
    const there = await openThere(source);
    const { info, notes, readBytes, noPixelSize } = here;
    expect(there).toMatchObject({ info, notes, readBytes, noPixelSize });
    expect(noPixelSize).toBe('resolution tags: 72 dots per inch are a print density');
    expect(there.info.depths).toBe(3);
    const at = { position: 0, time: 0, depth: 2, channel: 0 };
    const plane = await there.readPlane(at);
    expect(Object.prototype.toString.call(plane.data.buffer)).toBe('[object SharedArrayBuffer]');
    expect({ ...plane, data: Array.from(plane.data as Uint8Array) }).toEqual({
      ...(await here.readPlane(at)),
      data: Array.from(page.data as Uint8Array),
    });
    await there[Symbol.asyncDispose]();
    expect(await inspect(source, { hash: true })).toEqual(await inspectFile(source, { hash: true }));
    await source[Symbol.asyncDispose]();

    const zip = await open('a.zip', buildZip({ entries: [{ name: 'a.tif', data: Buffer.from(stack) }] }));
    const entries = await readThere(zip.source);
    expect(entries).toEqual(
      (await readZipDirectory(zip.source)).map((entry) => ({ ...entry, rawName: new Uint8Array(entry.rawName) })),
    );
    await zip.source[Symbol.asyncDispose]();

    const [model, same] = [await openModelThere(modelFolder('unet')), await openModel(modelFolder('unet'))];
    expect({ ...model, read: undefined }).toEqual({ ...same, read: undefined });
    expect(await model.read(model.description.weights!)).toEqual(await same.read(same.description.weights!));
  });

  it('ask for the files beside an image by name', async () => {
    const { openImage: openThere } = threads();
    const words = `<OME UUID="urn:uuid:2"><Image><Pixels ${sizes} PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel Name="DAPI"/><TiffData><UUID FileName="b.tif">urn:uuid:3</UUID></TiffData></Pixels></Image></OME>`;
    const pointer = '<OME UUID="urn:uuid:3"><BinaryOnly MetadataFile="b.companion.ome" UUID="urn:uuid:2"/></OME>';
    await writeFile(join(folder.path, 'b.companion.ome'), words);
    const { path, source } = await open('b.tif', buildTiff({ pages: [{ ...page, tags: { 270: ascii(pointer) } }] }));
    const here = await openImage(source, besideFile(path));
    expect(here.info.channelNames).toEqual(['DAPI']);
    await using there = await openThere(source, besideFile(path));
    expect(there.info).toEqual(here.info);
    await source[Symbol.asyncDispose]();
  });

  it('refuse by name what a file cannot be read for', async () => {
    const { openImage: openThere, openModel: openModelThere } = threads();
    const { source } = await open('a.tif', new Uint8Array(Buffer.from('hello, world')));
    await expect(openThere(source)).rejects.toMatchObject({
      code: 'imageNotTiff',
      advice: { why: 'it starts with "hell"' },
    });
    await source[Symbol.asyncDispose]();
    await mkdir(join(folder.path, 'model'));
    await expect(openModelThere(join(folder.path, 'model'))).rejects.toMatchObject({ code: 'modelMissing' });
  });

  it.each<[what: string, limits: Partial<ReadingLimits>, why: RegExp]>([
    [
      'more processor time',
      { baseMs: 100, nanosecondsPerByte: 1 },
      /^it took more than 0\.105 s of processor time, the limit for 5\.00 MB$/,
    ],
    [
      'more memory',
      { baseBytes: 20_000_000, bytesPerByte: 1 },
      /^it took more than 25\.0 MB of memory, the limit for 5\.00 MB$/,
    ],
    ['a larger heap', { heapBytes: 32 << 20 }, /^it took more than 33\.6 MB of memory, the limit for 5\.00 MB$/],
  ])('end with a file that takes %s than it may, and read the next', async (_, limits, why) => {
    const { openImage: openThere } = threads(limits);
    const { source } = await open('costly.tif', costly);
    let turns = 0;
    const timer = setInterval(() => turns++, 1).unref();
    const opened = expect(openThere(source)).rejects;
    await opened.toMatchObject({ code: 'imageTooCostly', advice: { why: expect.stringMatching(why) } });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10); // this thread went on
    await source[Symbol.asyncDispose]();
    const next = await open('next.tif', stack);
    await using there = await openThere(next.source);
    expect(there.info.depths).toBe(3);
    await next.source[Symbol.asyncDispose]();
  });

  it('stop reading when that is no longer wanted', async () => {
    const { inspect } = threads();
    const { source } = await open('costly.tif', costly);
    const stop = new AbortController();
    const report = inspect(source, {}, stop.signal);
    stop.abort(new Error('enough'));
    await expect(report).rejects.toThrow('enough');
    await source[Symbol.asyncDispose]();
  });
});

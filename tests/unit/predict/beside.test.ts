import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inputRef, resultRef } from '../../../functions/core/object-keys.ts';
import { isRegionsFile } from '../../../functions/core/regions-file.ts';
import { besideFile } from '../../../functions/image/sibling-files.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { siblingInJob } from '../../../functions/stages/predict/sibling-in-job.ts';
import { bytesOf } from '../../support/bytes.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ascii, buildTiff } from '../../support/tiff-builder.ts';

const plane = (description: string): Uint8Array =>
  buildTiff({ pages: [{ height: 2, width: 3, data: new Uint8Array(6), tags: { 270: ascii(description) } }] });

const block = (time: number): string =>
  `<TiffData FirstT="${time}" IFD="0"><UUID FileName="${time}.ome.tif">urn:uuid:${time}</UUID></TiffData>`;
const words = `<OME UUID="urn:uuid:0"><Image><Pixels DimensionOrder="XYCZT" SizeX="3" SizeY="2" SizeZ="1" SizeC="1" SizeT="2" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel Name="GFP"/>${block(0)}${block(1)}</Pixels></Image></OME>`;
const pointer = '<OME UUID="urn:uuid:1"><BinaryOnly MetadataFile="0.ome.tif" UUID="urn:uuid:0"/></OME>';

async function summaryWith(sibling: PredictServices['sibling']): Promise<unknown> {
  const world = await stageWorld();
  const path = 'prairie/1.ome.tif';
  const bytes = plane(pointer);
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  const services: PredictServices = {
    ...world,
    model: async () => ({ engine: dottedEngine(() => 0), input: { channelCount: 1 } }),
    planesAhead: 1,
    admit: async () => () => {},
    ...(sibling && { sibling }),
  };
  expect(await predictFile({ ...world.job, path }, services)).toMatchObject({ reused: false });
  const { channel, pixelSize, times } = JSON.parse(
    (await bytesOf(await world.objects.get(resultRef(world.job, path, 'summary.json')))).toString(),
  );
  return { channel, pixelSize, times };
}

describe('an image whose words are in another file', () => {
  it('has them in its summary where its folder is there', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, '0.ome.tif'), plane(words));
    const { sibling } = besideFile(join(folder.path, '1.ome.tif'));
    const asked: string[] = [];
    const found = await summaryWith((image, name) => {
      asked.push(`${image.path} ${name}`);
      return sibling!(name);
    });
    expect(found).toEqual({ channel: { index: 0, name: 'GFP' }, pixelSize: { x: 0.5, y: 0.5 }, times: 1 });
    expect(asked.filter((each) => !isRegionsFile(each.split(' ')[1]!))).toEqual(['prairie/1.ome.tif 0.ome.tif']);
  });

  it('is predicted on its own where it is not', async () => {
    expect(await summaryWith(undefined)).toEqual({ channel: { index: 0 }, times: 1 });
  });
});

describe('an image of a job whose words are in another file of it', () => {
  const paths = ['prairie/1.ome.tif', 'prairie/0.ome.tif', 'other/0.ome.tif'];
  const bytes = [plane(pointer), plane(words), plane('')];
  const worldOf = async (sent: readonly number[]) => {
    const world = await stageWorld();
    await world.jobs.expect(
      world.job,
      paths.map((path, i) => ({ path, bytes: bytes[i]!.length })),
    );
    for (const i of sent) await world.objects.put(inputRef(world.job, paths[i]!), bytes[i]!);
    return world;
  };

  it('has them in its summary, from the same folder', async () => {
    const world = await worldOf([0, 1, 2]);
    const services: PredictServices = {
      ...world,
      model: async () => ({ engine: dottedEngine(() => 0), input: { channelCount: 1 } }),
      planesAhead: 1,
      admit: async () => () => {},
    };
    await predictFile({ ...world.job, path: paths[0]! }, services);
    const summary = await bytesOf(await world.objects.get(resultRef(world.job, paths[0]!, 'summary.json')));
    expect(JSON.parse(summary.toString())).toMatchObject({ channel: { name: 'GFP' }, pixelSize: { x: 0.5, y: 0.5 } });
  });

  const ask = async (world: Awaited<ReturnType<typeof stageWorld>>, name: string, waitMs?: number) => {
    const job = (await world.jobs.get(world.job))!;
    const found = await siblingInJob(world, job, waitMs)({ ...world.job, path: paths[0]! }, name);
    await found?.[Symbol.asyncDispose]();
    return found?.size;
  };

  it('waits for one that is on its way', async () => {
    const world = await worldOf([0]);
    const head = world.objects.head.bind(world.objects);
    let looks = 0;
    world.objects.head = async (ref) => {
      if (++looks === 2) await world.objects.put(inputRef(world.job, paths[1]!), bytes[1]!);
      return head(ref);
    };
    expect(await ask(world, '0.ome.tif')).toBe(bytes[1]!.length);
    expect(looks).toBeGreaterThanOrEqual(2);
  });

  it('waits for a companion, which is left out of the job, only while the job takes files', async () => {
    const world = await worldOf([0]);
    const [path, text] = ['prairie/a.companion.ome', Buffer.from('<OME/>')];
    const leftOut = { code: 'imageLeftOut', message: 'left out' };
    await world.jobs.expect(world.job, [{ path, bytes: text.length, leftOut }]);
    const head = world.objects.head.bind(world.objects);
    let looks = 0;
    world.objects.head = async (ref) => {
      if (++looks === 2) await world.objects.put(inputRef(world.job, path), text);
      return head(ref);
    };
    expect(await ask(world, 'a.companion.ome')).toBe(text.length);
    world.objects.head = async () => undefined;
    await world.jobs.seal(world.job);
    expect(await ask(world, 'a.companion.ome')).toBeUndefined();
  });

  it('asks for no companion and no regions where nothing of the job was left out', async () => {
    const world = await worldOf([0, 1, 2]);
    const asked: string[] = [];
    const head = world.objects.head.bind(world.objects);
    world.objects.head = async (ref) => {
      asked.push(ref.key.split('/').at(-1)!);
      return head(ref);
    };
    for (const name of ['a.companion.ome', '1.roi', 'RoiSet.zip', '1.ome_regions.tif', '0.ome.tif'])
      await ask(world, name);
    expect(new Set(asked)).toEqual(new Set(['0.ome.tif']));
  });

  it('goes on without one that does not come, is not known, or was given up', async () => {
    const world = await worldOf([0]);
    expect(await ask(world, '0.ome.tif', 0)).toBeUndefined();
    expect(await ask(world, 'unknown.tif')).toBeUndefined();
    for (const name of ['', '..', '../other/0.ome.tif', 'a\\b.tif']) expect(await ask(world, name)).toBeUndefined();
    await world.jobs.cancel(world.job);
    expect(await ask(world, '0.ome.tif')).toBeUndefined();
  });
});

describe('what is beside a file', () => {
  it('is a regular file of its folder, by its plain name', async () => {
    await using folder = await temporaryFolder();
    const inside = join(folder.path, 'inside');
    await mkdir(join(inside, 'deeper'), { recursive: true });
    await writeFile(join(folder.path, 'outside.tif'), 'outside');
    await writeFile(join(inside, 'b.tif'), 'beside');
    execFileSync('mkfifo', [join(inside, 'pipe.tif')]);
    const { name, sibling } = besideFile(join(inside, 'a.tif'));
    expect(name).toBe('a.tif');
    for (const other of [
      '',
      '.',
      '..',
      'deeper',
      'pipe.tif',
      'c.tif',
      '../outside.tif',
      join(inside, 'b.tif'),
      'b.tif/x',
    ])
      expect([other, await sibling!(other)]).toEqual([other, undefined]);
    const found = (await sibling!('b.tif'))!;
    expect(Buffer.from(await found.read(0, found.size)).toString()).toBe('beside');
    await found[Symbol.asyncDispose]();
  });
});

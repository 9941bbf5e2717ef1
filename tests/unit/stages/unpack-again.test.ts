import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { zipLimits } from '../../../functions/archive/zip-directory.ts';
import { inputRef, uploadRef } from '../../../functions/core/object-keys.ts';
import { finishAndAdvance } from '../../../functions/jobs/advance.ts';
import type { StorageQuota } from '../../../functions/ports/storage-quota.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { noise } from '../../support/bytes.ts';
import { Crash, crashingPorts } from '../../support/crashing-ports.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { type BuiltEntry, buildZip } from '../../support/zip-builder.ts';

const entries: BuiltEntry[] = [
  { name: 'a.tif', data: noise(2000, 1) },
  { name: 'readme.txt', data: noise(10, 2) },
  { name: 'big.tif', data: noise(1_200_000, 3) },
  { name: 'b/c.tif', data: noise(3000, 4), method: 8 },
  { name: 'broken.tif', data: noise(500, 5), crc32: 1 },
  { name: 'd.tif', data: noise(700, 6) },
];
const archive = 'folder.zip';

async function worldWithZip(zip = buildZip({ entries }), store: { copiesFrom?: number } = {}): Promise<StageWorld> {
  const world = await stageWorld({}, store);
  await world.objects.put(uploadRef(world.job, archive), zip);
  await world.jobs.submit(world.job);
  return world;
}

const deliver = (world: StageWorld, ports: Pick<StageWorld, 'objects' | 'jobs' | 'queue'> = world) =>
  unpack({ ...world.job, archive }, ports);

async function state(world: StageWorld) {
  const { createdAt: _, changedAt: __, ...job } = (await world.jobs.get(world.job))!;
  const inputs = Object.entries(await world.objectsIn('inputs')).map(([path, bytes]) => [
    path,
    bytes.length,
    crc32(bytes),
  ]);
  return { job, outcomes: await world.outcomes(), inputs };
}

describe('a zip that is delivered again', () => {
  it.each([
    ['passes through', {}],
    ['is copied in the store', { copiesFrom: 1 }],
  ])('ends in the same state wherever the first delivery died, where it %s', async (_way, store) => {
    const undisturbed = await worldWithZip(undefined, store);
    const counted = crashingPorts(undisturbed);
    await deliver(undisturbed, counted.ports);
    const expected = await state(undisturbed);
    expect(expected.outcomes).toEqual([
      'a.tif: pending',
      'b/c.tif: pending',
      'big.tif: pending',
      'broken.tif: archiveBroken: the zip is damaged or not a zip: its bytes do not have the CRC-32 that the zip states',
      'd.tif: pending',
      'readme.txt: imageLeftOut: left out: its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg',
    ]);
    expect(counted.calls.length).toBeGreaterThan(15);
    for (let at = 1; at <= counted.calls.length; at++) {
      for (const when of ['before', 'after'] as const) {
        const world = await worldWithZip(undefined, store);
        await expect(deliver(world, crashingPorts(world, at, when).ports)).rejects.toThrow(Crash);
        await deliver(world);
        expect({ at, when, ...(await state(world)) }).toEqual({ at, when, ...expected });
      }
    }
  });

  it('does not write again what is there', async () => {
    const world = await worldWithZip();
    const first = crashingPorts(world);
    await deliver(world, first.ports);
    expect(first.calls.filter((call) => call === 'objects.put')).toHaveLength(5);
    const interrupted = await worldWithZip();
    await interrupted.objects.put(inputRef(world.job, 'a.tif'), noise(2000, 1));
    await interrupted.objects.put(inputRef(world.job, 'd.tif'), noise(700, 7)); // not what the zip holds
    expect(await deliver(interrupted)).toMatchObject({ images: 4, written: 3 });
    expect(await state(interrupted)).toEqual(await state(world));
  });

  it('writes nothing once the manifest is sealed', async () => {
    const world = await worldWithZip();
    await deliver(world);
    const { ports, calls } = crashingPorts(world);
    expect(await deliver(world, ports)).toBe('not open');
    expect(calls.filter((call) => call.startsWith('objects.'))).toEqual([]);
  });

  it('may be delivered twice at once', async () => {
    const alone = await worldWithZip();
    await deliver(alone);
    const world = await worldWithZip();
    await Promise.all([deliver(world), deliver(world)]);
    expect(await state(world)).toEqual(await state(alone));
  });
});

describe('a zip that unpacks to more than the service may keep', () => {
  it('fails as a whole before anything is written, and says how much there is room for', async () => {
    const world = await worldWithZip();
    const asked: number[] = [];
    const storage: StorageQuota = {
      async reserve(wanted) {
        asked.push(wanted.reduce((sum, { bytes }) => sum + bytes, 0));
        return { of: 'budget', used: 3000, reserved: 500, limit: 5000 };
      },
      release() {},
    };
    const { ports, calls } = crashingPorts(world);
    await unpack({ ...world.job, archive }, ports, { storage });
    expect(calls.filter((call) => call === 'objects.put')).toEqual([]);
    expect(asked).toHaveLength(1);
    expect((await world.jobs.get(world.job))!).toMatchObject({
      state: 'failed',
      failure: { code: 'archiveTooLarge', message: expect.stringContaining('there is room for 1.50 kB') },
    });
  });
});

describe('bytes that are set aside for a zip', () => {
  it.each(['half-way', 'not'] as const)('are given back at once where unpacking fails %s', async (how) => {
    const world = await worldWithZip();
    const aside = new Set<string>();
    const storage: StorageQuota = {
      async reserve(wanted) {
        for (const { ref } of wanted) aside.add(ref.key);
        expect(aside.size).toBeGreaterThan(3);
        return undefined;
      },
      release(refs) {
        for (const { key } of refs) aside.delete(key);
      },
    };
    const { ports, calls } = crashingPorts(world, how === 'half-way' ? 12 : undefined, 'before');
    const unpacked = unpack({ ...world.job, archive }, ports, { storage });
    if (how === 'half-way') await expect(unpacked).rejects.toThrow(Crash);
    else await unpacked;
    expect(calls.length).toBeGreaterThan(5);
    expect([...aside]).toEqual([]);
  });
});

describe('OME-XML beside the images of a zip', () => {
  it('is unpacked before them, and stays left out', async () => {
    const world = await worldWithZip(
      buildZip({
        entries: [
          { name: 'set/a.ome.tif', data: noise(2000, 1) },
          { name: 'set/a.companion.ome', data: noise(300, 2), method: 8 },
          { name: 'set/notes.xml', data: noise(10, 3) },
          { name: 'set/broken.companion.ome', data: noise(10, 4), crc32: 1 },
        ],
      }),
    );
    await deliver(world);
    expect(Object.keys(await world.objectsIn('inputs')).sort()).toEqual(['set/a.companion.ome', 'set/a.ome.tif']);
    expect((await world.jobs.get(world.job))!).toMatchObject({ expected: 4, leftOut: 3, failed: 0 });
  });
});

describe('the order of unpacking', () => {
  it('registers every file before the first object appears', async () => {
    const world = await worldWithZip();
    const { ports, calls } = crashingPorts(world);
    await deliver(world, ports);
    expect(calls.lastIndexOf('jobs.expect')).toBeLessThan(calls.indexOf('objects.put'));
    expect(calls.indexOf('jobs.seal')).toBeGreaterThan(calls.lastIndexOf('objects.put'));
  });

  it('starts packaging at once when every image was predicted before the seal', async () => {
    const world = await worldWithZip();
    const put: StageWorld['objects']['put'] = async (ref, body, expected) => {
      const head = await world.objects.put(ref, body, expected);
      const path = ref.key.slice('lab/job-1/'.length);
      await finishAndAdvance(world.job, path, { state: 'done' }, world);
      return head;
    };
    await deliver(world, { ...world, objects: { ...world.objects, put } });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'packaging', done: 4, failed: 1, leftOut: 1 });
    expect(await world.queue.depth('zips')).toEqual({ waiting: 1, hidden: 0, dead: 0 });
  });

  it('stops when the job is cancelled', async () => {
    const world = await worldWithZip();
    const put: StageWorld['objects']['put'] = async (ref, body, expected) => {
      await world.jobs.cancel(world.job);
      return world.objects.put(ref, body, expected);
    };
    // Six images of a lane each: four are under way when the first is written.
    const many = Array.from({ length: 6 }, (_, i) => ({ name: `${i}.tif`, data: noise(1_100_000, i + 1) }));
    await world.objects.put(uploadRef(world.job, archive), buildZip({ entries: many }));
    expect(await deliver(world, { ...world, objects: { ...world.objects, put } })).toBe('not open');
    expect(Object.keys(await world.objectsIn('inputs')).length).toBeLessThanOrEqual(4);
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'cancelled', sealed: false });
  });

  it('does nothing for a job that is gone', async () => {
    const world = await worldWithZip();
    await world.jobs.remove(world.job);
    expect(await deliver(world)).toBe('not open');
  });

  it('fails the job when its zip is gone', async () => {
    const world = await worldWithZip();
    await world.objects.remove(uploadRef(world.job, archive));
    expect(await deliver(world)).toMatchObject({ failed: { code: 'objectMissing' } });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed', failure: { code: 'objectMissing' } });
  });

  it('throws what is the trouble of a store, and leaves the job open', async () => {
    const world = await worldWithZip();
    const put = async () => Promise.reject(new Error('the disk is gone'));
    await expect(deliver(world, { ...world, objects: { ...world.objects, put } })).rejects.toThrow('the disk is gone');
    expect(await world.jobs.get(world.job)).toMatchObject({
      state: 'processing',
      sealed: false,
      failed: 0,
      leftOut: 1,
    });
  });
});

describe('the limits of a zip', () => {
  const blank = { name: 'blank.tif', data: Buffer.alloc(100_000), method: 8 };
  const packed = deflateRawSync(blank.data).length;
  it.each([
    ['more entries', { entries: 1 }, [blank, { name: 'b.tif' }], 'it has 2 entries; at most 1 are unpacked'],
    ['more bytes', { totalBytes: 99_999 }, [blank], 'it would unpack to 100000 bytes; at most 99999 are unpacked'],
    [
      'an entry that swells more',
      { ratio: 500, ratioFrom: 50_000 },
      [blank, { name: 'b.tif', data: noise(5000) }],
      `"blank.tif" would grow from ${packed} to 100000 bytes, more than 500:1`,
    ],
    [
      'entries that swell more together',
      { ratio: 500, ratioFrom: 150_000 },
      [blank, { ...blank, name: 'b.tif' }],
      `it would grow from ${2 * packed} to 200000 bytes, more than 500:1`,
    ],
  ])('refuse %s', async (_name, limits, bomb, why) => {
    const world = await worldWithZip(buildZip({ entries: bomb }));
    const result = await unpack({ ...world.job, archive }, world, { limits: { ...zipLimits, ...limits } });
    expect(result).toMatchObject({ failed: { code: 'archiveUnsafe', advice: { why } } });
    expect(await world.objectsIn('inputs')).toEqual({});
  });

  it('let a blank image pass, which shrinks almost as much as a bomb', async () => {
    const world = await worldWithZip(buildZip({ entries: [blank] }));
    expect(await deliver(world)).toMatchObject({ images: 1, written: 1 });
  });
});

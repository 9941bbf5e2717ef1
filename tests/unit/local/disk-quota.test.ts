import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type DiskQuota, diskQuota } from '../../../functions/adapters/local/disk-quota.ts';
import { type LocalObjectStore, openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { localSignedAccess } from '../../../functions/adapters/local/signed-access.ts';
import type { Failure } from '../../../functions/core/errors.ts';
import { noise } from '../../support/bytes.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
let clock: ManualClock;
let store: LocalObjectStore;
beforeEach(async () => {
  folder = await temporaryFolder();
  clock = manualClock();
  store = await openLocalObjectStore({ root: folder.path, clock });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const open = (limits: { budget?: number; keepFree?: number }): DiskQuota =>
  diskQuota({ folder: folder.path, store, clock, keepFree: 0, ...limits });
const input = (name: string) => ({ bucket: 'inputs', key: `olga/job1/${name}` }) as const;
const wants = (...files: [string, number][]) => files.map(([name, bytes]) => ({ ref: input(name), bytes }));
/** More than any disk has. */
const everything = 1e18;

it('promises up to the budget what is stored, on its way and wanted together', async () => {
  const quota = open({ budget: 1000 });
  await store.put(input('old'), noise(300));
  expect(await quota.reserve(wants(['a', 400], ['b', 300]), 60)).toBeUndefined();
  const short = { of: 'budget', used: 300, reserved: 700, limit: 1000 };
  expect(await quota.reserve(wants(['c', 1]), 60)).toEqual(short);
  expect(await quota.reserve(wants(['a', 400], ['c', 1]), 60)).toEqual({ ...short, reserved: 300 });
  expect(await quota.reserve(wants(['a', 400], ['old', 300]), 60)).toBeUndefined(); // signed again, or there already
});

it('promises no longer what has come, was deleted, or never came in time', async () => {
  const quota = open({ budget: 1000 });
  const uploads = quota.withinBudget(store);
  await quota.reserve(wants(['a', 600]), 60);
  await uploads.put(input('a'), noise(600), { bytes: 600 });
  expect(await quota.reserve(wants(['b', 401]), 60)).toMatchObject({ used: 600, reserved: 0 });
  expect(await quota.reserve(wants(['b', 400]), 60)).toBeUndefined();
  clock.advance(59);
  expect(await quota.reserve(wants(['c', 1]), 60)).toMatchObject({ reserved: 400 });
  clock.advance(1);
  expect(await quota.reserve(wants(['c', 400]), 60)).toBeUndefined();
  await store.removeAll('inputs', 'olga/job1/');
  expect(await quota.reserve(wants(['d', 600]), 60)).toBeUndefined();
  expect(await quota.reserve(wants(['e', 1]), 60)).toMatchObject({ used: 0, reserved: 1000 });
});

it('gives back at once what does not come any more, and only that', async () => {
  const room = open({ budget: 1000 });
  await room.reserve(wants(['a', 600], ['b', 400]), 3600);
  room.release([input('a'), input('never')]);
  expect(await room.reserve(wants(['c', 601]), 60)).toMatchObject({ reserved: 400 });
  expect(await room.reserve(wants(['c', 600]), 60)).toBeUndefined();
});

it('counts the parts of a large file as the file that they will be', async () => {
  const quota = open({ budget: 1000 });
  const objects = quota.withinBudget(store);
  const signed = localSignedAccess({ objects, secret: Buffer.alloc(32), base: '', clock });
  await quota.reserve(wants(['large', 900]), 60);
  const size = { bytes: 900, partBytes: 900 };
  const { uploadId } = await signed.startMultipart(input('large'), size);
  const { etag, part } = await (async () => {
    const key = `~parts/inputs/olga/job1/${uploadId}/00001`;
    await objects.put({ bucket: 'uploads', key }, noise(900), { bytes: 900 });
    return (await signed.listParts(input('large'), uploadId))![0]!;
  })();
  expect(await quota.reserve(wants(['more', 101]), 60)).toMatchObject({ used: 0, reserved: 900 });
  await signed.completeMultipart(input('large'), uploadId, [{ part, etag }], size);
  expect(await quota.reserve(wants(['more', 101]), 60)).toMatchObject({ used: 900, reserved: 0 });
});

it('lets nothing in beyond the budget that was signed before a restart', async () => {
  const uploads = open({ budget: 1000 }).withinBudget(store);
  await uploads.put(input('a'), noise(700), { bytes: 700 });
  const late = uploads.put(input('b'), noise(301), { bytes: 301 });
  await expect(late).rejects.toMatchObject({ code: 'noSpace', message: expect.stringContaining('budget of 1.00 kB') });
  await uploads.put(input('b'), noise(300), { bytes: 300 });
});

it('knows what is stored when it is opened again', async () => {
  await store.put(input('a'), noise(100));
  await store.put(input('a'), noise(300));
  await store.put(input('b'), noise(50));
  await store.remove(input('b'));
  await using again = await openLocalObjectStore({ root: folder.path, clock });
  expect([store.storedBytes(), again.storedBytes()]).toEqual([300, 300]);
});

it('begins nothing below the floor of the disk', async () => {
  const quota = open({ keepFree: everything });
  expect(await quota.reserve(wants(['a', 1]), 60)).toMatchObject({ of: 'disk', used: 0, limit: 0 });
  const objects = quota.aboveFloor(store);
  await expect(objects.put(input('a'), noise(1))).rejects.toMatchObject({ code: 'noSpace' });
  await expect(objects.compose(input('a'), [{ bytes: noise(1) }])).rejects.toMatchObject({ code: 'noSpace' });
  expect(await store.head(input('a'))).toBeUndefined();
});

it('waits for free space, says once why, and no longer than it is to', async () => {
  const stopping = new AbortController();
  const why: Failure[] = [];
  const low = (error: Failure) => why.push(error);
  await open({}).wait(stopping.signal, low);
  expect(why).toEqual([]);
  let waiting = true;
  const waited = open({ keepFree: everything })
    .wait(stopping.signal, low)
    .finally(() => {
      waiting = false;
    });
  while (why.length === 0) await turn();
  expect(waiting).toBe(true);
  stopping.abort();
  await waited;
  expect(why.map(({ code }) => code)).toEqual(['noSpace']);
});

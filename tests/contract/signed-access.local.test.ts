import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type ObjectServerOptions, objectServer } from '../../functions/adapters/local/object-server.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localSignedAccess } from '../../functions/adapters/local/signed-access.ts';
import { noise } from '../support/bytes.ts';
import { manualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type SignedWorld, signedAccessContract } from './signed-access.ts';

async function openWorld(isWanted?: ObjectServerOptions['isWanted']): Promise<SignedWorld> {
  const folder = await temporaryFolder();
  const clock = manualClock();
  const objects = await openLocalObjectStore({ root: join(folder.path, 'store'), clock });
  const secret = Buffer.alloc(32, 1);
  const answer = objectServer({
    ...{ objects, secret, clock, origins: [], newId: () => 'request-1', onTrouble: () => {} },
    ...(isWanted && { isWanted }),
  });
  const server = createServer((req, res) => void answer(req, res)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    signed: localSignedAccess({ objects, secret, base, clock }),
    objects,
    partBytes: 1000,
    pass: async (seconds) => clock.advance(seconds),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await objects[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

signedAccessContract('this machine', () => openWorld());

it('an upload URL of a job that was deleted stores nothing on this machine', async () => {
  const wanted = new Set(['job1']);
  const { signed, objects, close } = await openWorld(async ({ key }) => wanted.has(key.split('/')[1]!));
  const ref = { bucket: 'inputs', key: 'olga/job1/a.tif' } as const;
  const put = async () => {
    const { url, method, headers } = await signed.signPut(ref, { bytes: 50, expiresSeconds: 60 });
    return (await fetch(url, { method, headers, body: new Uint8Array(noise(50)) })).status;
  };
  wanted.delete('job1');
  expect(await put()).toBe(404);
  expect(await objects.head(ref)).toBeUndefined();
  wanted.add('job1');
  expect(await put()).toBe(200);
  await close();
});

describe('unfinished uploads on this machine', () => {
  it('are aborted when nothing arrived for long, and not while parts come', async () => {
    const { signed, pass, objects, close } = await openWorld();
    const size = { bytes: 100, partBytes: 50 };
    const start = async (path: string) => {
      const ref = { bucket: 'inputs', key: `olga/job1/${path}` } as const;
      return { ref, ...(await signed.startMultipart(ref, size)) };
    };
    const [old, busy] = [await start('old.tif'), await start('busy.tif')];
    await pass(3600);
    const { url, method } = await signed.signPart(busy.ref, busy.uploadId, 1, { bytes: 50, expiresSeconds: 60 });
    expect((await fetch(url, { method, body: new Uint8Array(noise(50)) })).status).toBe(200);
    const before = Date.UTC(2026, 0, 1) + 1800_000;
    expect(await signed.abortAbandoned(before)).toBe(1);
    expect(await signed.abortAbandoned(before)).toBe(0);
    expect(await signed.listParts(old.ref, old.uploadId)).toBeUndefined();
    expect(await signed.listParts(busy.ref, busy.uploadId)).toHaveLength(1);
    expect((await objects.list('uploads', '')).objects).toHaveLength(2);
    await close();
  });
});

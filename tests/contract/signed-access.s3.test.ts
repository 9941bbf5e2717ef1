import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3SignedAccess } from '../../functions/adapters/aws/s3-signed-access.ts';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import { noise } from '../support/bytes.ts';
import { startAuthoriser } from '../support/simulated-account/authoriser/authoriser.ts';
import { clientSettings } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { type SignedWorld, signedAccessContract } from './signed-access.ts';

/** Requests go through the authoriser, which checks signatures and their expiry as S3 does; moto does neither. */
await describeWithMoto('signed requests of S3', (moto) => {
  const openWorld = async (): Promise<SignedWorld> => {
    let later = 0;
    const now = () => Date.now() + later;
    const authoriser = await startAuthoriser(moto().url, now);
    const { buckets, store } = await s3World(moto().url);
    const client = new S3Client({ ...clientSettings(authoriser.url), maxAttempts: 5, forcePathStyle: true });
    return {
      signed: s3SignedAccess({ client, buckets, clock: { now } }),
      objects: store,
      partBytes: 5 * 2 ** 20,
      async pass(seconds) {
        later += 1000 * seconds;
      },
      async close() {
        client.destroy();
        await store[Symbol.asyncDispose]();
        await authoriser[Symbol.asyncDispose]();
      },
    };
  };
  signedAccessContract('S3', openWorld);

  describe('unfinished uploads to S3', () => {
    const partBytes = 5 * 2 ** 20;
    const ref: ObjectRef = { bucket: 'inputs', key: 'olga/job1/a.tif' };
    const longer: ObjectRef = { bucket: 'inputs', key: 'olga/job1/a.tif.tif' };
    let world: SignedWorld;
    beforeEach(async () => {
      world = await openWorld();
    });
    afterEach(() => world.close());
    const sendPart = async (to: ObjectRef, uploadId: string, part: number, bytes: number) => {
      const request = await world.signed.signPart(to, uploadId, part, { bytes, expiresSeconds: 60 });
      return fetch(request.url, { method: request.method, body: new Uint8Array(noise(bytes)) });
    };

    it('are taken up only by the same object, in parts that fit it', async () => {
      const size = { bytes: 3 * partBytes, partBytes };
      const other = await world.signed.startMultipart(longer, size);
      const { uploadId } = await world.signed.startMultipart(ref, size);
      expect(uploadId).not.toBe(other.uploadId);
      await sendPart(ref, uploadId, 3, partBytes);
      const again = async (changed: Partial<typeof size>) =>
        (await world.signed.startMultipart(ref, { ...size, ...changed })).uploadId;
      expect(await again({})).toBe(uploadId);
      expect(await again({ bytes: 2 * partBytes })).not.toBe(uploadId); // has no part 3
      expect(await again({ partBytes: partBytes - 1 })).not.toBe(uploadId); // has no part as large
    });

    it('are aborted when nothing arrived for long, and not while parts come', async () => {
      const size = { bytes: 3 * partBytes, partBytes };
      const [old, busy] = [
        await world.signed.startMultipart(longer, size),
        await world.signed.startMultipart(ref, size),
      ];
      await sendPart(ref, busy.uploadId, 1, partBytes);
      const before = Date.now() - 60_000; // moto says of every upload that it began in 2010
      expect(await world.signed.abortAbandoned(before)).toBe(1);
      expect(await world.signed.abortAbandoned(before)).toBe(0);
      expect(await world.signed.listParts(longer, old.uploadId)).toBeUndefined();
      expect(await world.signed.listParts(ref, busy.uploadId)).toHaveLength(1);
    });
  });
});

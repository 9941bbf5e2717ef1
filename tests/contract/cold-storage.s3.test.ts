import { jest } from '@jest/globals';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { coldStorageContract } from './cold-storage.ts';

jest.setTimeout(60_000); // moto takes its time to move what S3 copies

await describeWithMoto('cold storage in S3', (moto) => {
  coldStorageContract('S3', async () => (await s3World(moto().url)).store);
});

import { jest } from '@jest/globals';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { editLogContract } from './edit-log.ts';

jest.setTimeout(60_000);

await describeWithMoto('corrections in S3', (moto) => {
  editLogContract('S3', async () => (await s3World(moto().url)).store);
});

import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { s3ObjectStore } from '../../functions/adapters/aws/s3-object-store.ts';
import { type Bucket, buckets } from '../../functions/core/keys.ts';
import { clientSettings, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { objectStoreContract } from './object-store.ts';

await describeWithMoto('objects in S3', (moto) => {
  const open = async () => {
    // With the SDK's retries, as in the functions: moto answers 500 to some writes of one key at once.
    const client = new S3Client({ ...clientSettings(moto().url), maxAttempts: 5, forcePathStyle: true });
    const name = randomUUID();
    const names = {} as Record<Bucket, string>;
    for (const bucket of buckets) {
      names[bucket] = `${bucket}-${name}`;
      await client.send(
        new CreateBucketCommand({ Bucket: names[bucket], CreateBucketConfiguration: { LocationConstraint: region } }),
      );
    }
    return { client, names, store: s3ObjectStore({ client, buckets: names }) };
  };
  objectStoreContract('S3', async () => (await open()).store);
});

import { randomUUID } from 'node:crypto';
import { CreateBucketCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type S3ObjectStoreOptions, s3ObjectStore } from '../../../functions/adapters/aws/s3-object-store.ts';
import { type Bucket, buckets, composingPrefix } from '../../../functions/core/object-keys.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import { clientSettings, region } from './clients.ts';
import { s3Traffic, type Traffic } from './s3-traffic.ts';

export interface S3World {
  client: S3Client;
  /** Names of the buckets. */
  buckets: Record<Bucket, string>;
  store: ObjectStore;
  take(): Traffic;
  /** Unfinished uploads, and objects that were to be there only meanwhile. */
  leftovers(): Promise<string[]>;
}

/** Four empty buckets of their own in a simulated account. `url`: of moto. */
export async function s3World(url: string, options: Partial<S3ObjectStoreOptions> = {}): Promise<S3World> {
  // With the SDK's retries, as in the functions: moto answers 500 to some writes of one key at once.
  const client = new S3Client({ ...clientSettings(url), maxAttempts: 5, forcePathStyle: true });
  const suffix = randomUUID();
  const names = Object.fromEntries(buckets.map((bucket) => [bucket, `${bucket}-${suffix}`])) as Record<Bucket, string>;
  for (const name of Object.values(names)) {
    await client.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: region } }),
    );
  }
  const { take } = s3Traffic(client);
  return {
    client,
    buckets: names,
    store: s3ObjectStore({ client, buckets: names, ...options }),
    take,
    async leftovers() {
      const found: string[] = [];
      for (const Bucket of Object.values(names)) {
        const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: composingPrefix }));
        found.push(...Uploads.map(({ Key }) => `upload of ${Key}`), ...Contents.map(({ Key }) => Key!));
      }
      return found;
    },
  };
}

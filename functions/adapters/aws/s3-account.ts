import type { S3Client } from '@aws-sdk/client-s3';
import type { Bucket, ObjectRef } from '../../core/object-keys.ts';

/** Where the objects are. */
export interface S3Account {
  client: S3Client;
  /** Names of the buckets. */
  buckets: Readonly<Record<Bucket, string>>;
}

/** What most requests name. */
export const bucketAndKeyOf = (
  { buckets }: S3Account,
  { bucket, key }: ObjectRef,
): { Bucket: string; Key: string } => ({
  Bucket: buckets[bucket],
  Key: key,
});

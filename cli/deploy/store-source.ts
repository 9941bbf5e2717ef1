import { PutObjectCommand } from '@aws-sdk/client-s3';
import { sourceRef } from '../../functions/core/object-keys.ts';
import type { AwsAccount } from './account.ts';
import { ownBuckets } from './own-buckets.ts';

/** Stores what an image is built of, under its sha256. */
export async function storeSource(
  account: AwsAccount,
  { bucket, source, body }: { bucket: string; source: string; body: Uint8Array },
): Promise<void> {
  await ownBuckets(account).send(new PutObjectCommand({ Bucket: bucket, Key: sourceRef(source).key, Body: body }));
}

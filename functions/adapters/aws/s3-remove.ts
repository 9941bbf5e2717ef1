import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { batchesOf } from '../../async/batches.ts';
import type { Bucket } from '../../core/object-keys.ts';
import type { S3Account } from './s3-account.ts';

/** S3's own most. */
const keysAtOnce = 1000;

/** Removes objects, there or not. An answer of 200 may hold refusals of single keys: the first is thrown. */
export async function removeKeys(
  { client, buckets }: S3Account,
  bucket: Bucket,
  keys: readonly string[],
): Promise<void> {
  for (const batch of batchesOf(keys, keysAtOnce)) {
    const Objects = batch.map((Key) => ({ Key }));
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: buckets[bucket], Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Error(`${Errors.length} objects were not removed, first ${first.Key}: ${first.Code} ${first.Message}`);
  }
}

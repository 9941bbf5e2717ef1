import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { ArchivedResults } from '../../../functions/core/archive-cost.ts';
import { splitKey } from '../../../functions/core/object-keys.ts';
import type { ServiceOutputs } from '../../../infra/outputs.ts';
import type { AwsAccount } from '../account.ts';

/** Zips of results that are in the archive, one a job. */
export async function archivedZips(
  { buckets }: Pick<ServiceOutputs, 'buckets'>,
  { client }: AwsAccount,
): Promise<ArchivedResults[]> {
  const s3 = new S3Client(client);
  const found: ArchivedResults[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: buckets.downloads! }))
    for (const { Key = '', Size = 0, StorageClass } of Contents)
      if (StorageClass === 'GLACIER') found.push({ owner: splitKey(Key).owner, bytes: Size });
  return found;
}

import { S3Client } from '@aws-sdk/client-s3';
import type { AwsAccount } from './account.ts';

/**
 * A client for buckets of this account and no other: a bucket's name is the whole world's, so that another account may have
 * taken the one that labdeploy would make. S3 refuses what names another owner than the bucket has, with 403.
 */
export function ownBuckets({ id, client }: Pick<AwsAccount, 'id' | 'client'>): S3Client {
  const s3 = new S3Client(client);
  s3.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input, ExpectedBucketOwner: id } }), {
    step: 'initialize',
    name: 'expectedBucketOwner',
  });
  return s3;
}

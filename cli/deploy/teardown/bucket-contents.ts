import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  type ObjectIdentifier,
  type S3Client,
} from '@aws-sdk/client-s3';
import { forEachLimit } from '../../../functions/async/for-each-limit.ts';
import type { AwsAccount } from '../account.ts';
import { ownBuckets } from '../own-buckets.ts';

/** Unfinished uploads given up at a time. */
const maxConcurrentDeletes = 8;

export interface BucketContents {
  bucket: string;
  /** All versions. */
  objects: number;
  bytes: number;
  /** Prefixes `owner/job`. */
  jobs: ReadonlySet<string>;
}

const isGone = (error: unknown): boolean => (error as Error).name === 'NoSuchBucket';

/** What a bucket holds; undefined where it is gone, as after a destroy that was cut off. */
export async function contentsOf(bucket: string, account: AwsAccount): Promise<BucketContents | undefined> {
  const jobs = new Set<string>();
  let [objects, bytes] = [0, 0];
  try {
    for await (const page of versions(ownBuckets(account), bucket)) {
      for (const { Key = '', Size = 0 } of page) {
        objects++;
        bytes += Size;
        const [owner, id, rest] = Key.split('/', 3);
        if (rest !== undefined) jobs.add(`${owner}/${id}`);
      }
    }
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  return { bucket, objects, bytes, jobs };
}

/** Deletes every object, version and unfinished upload; returns how many went. A bucket that is gone is empty. */
export async function emptyBucket(bucket: string, account: AwsAccount): Promise<number> {
  const s3 = ownBuckets(account);
  let removed = 0;
  try {
    for (;;) {
      const { value: page } = await versions(s3, bucket).next(); // always the first page: the others move up
      if (page === undefined) break;
      await deletePage(s3, bucket, page);
      removed += page.length;
    }
    await abortUploads(s3, bucket);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  return removed;
}

async function deletePage(s3: S3Client, Bucket: string, page: readonly Version[]): Promise<void> {
  const Objects = page.map(({ Key, VersionId }): ObjectIdentifier => ({ Key: Key!, VersionId }));
  const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  const [first] = Errors;
  if (first !== undefined) throw Object.assign(new Error(`${first.Key}: ${first.Message}`), { name: first.Code });
}

export async function removeBucket(bucket: string, account: AwsAccount): Promise<void> {
  await emptyBucket(bucket, account);
  try {
    await ownBuckets(account).send(new DeleteBucketCommand({ Bucket: bucket }));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

type Version = { Key?: string | undefined; VersionId?: string | undefined; Size?: number | undefined };

/** Pages of at most 1000 versions and delete marks, as DeleteObjects takes them. */
async function* versions(s3: S3Client, Bucket: string): AsyncGenerator<Version[]> {
  let [KeyMarker, VersionIdMarker]: (string | undefined)[] = [];
  do {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, KeyMarker, VersionIdMarker }),
    );
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length > 0) yield found;
    [KeyMarker, VersionIdMarker] = page.IsTruncated ? [page.NextKeyMarker, page.NextVersionIdMarker] : [];
  } while (KeyMarker !== undefined);
}

async function abortUploads(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    if (Uploads.length === 0) return;
    await forEachLimit(Uploads, maxConcurrentDeletes, async ({ Key, UploadId }) => {
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    });
  }
}

import type { Readable } from 'node:stream';
import { DeleteObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { objectPages } from '../../object-streams/all-pages.ts';
import type { ByteRange, ObjectHead, ObjectStore, PutConditions, StoredObject } from '../../ports/object-store.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { S3Assembly } from './s3-assembly.ts';
import { coldOf, s3ColdStorage } from './s3-cold-storage.ts';
import { isMissing } from './s3-failures.ts';
import { s3Limits } from './s3-limits.ts';
import { checksumOf } from './s3-multipart.ts';
import { nothing, readRange } from './s3-read.ts';
import { removeKeys } from './s3-remove.ts';

export interface S3ObjectStoreOptions extends S3Account {
  /** See ObjectStore. Default: what a copy of a part and its object in between cost in requests, 16 MiB cost to send. */
  copiesFrom?: number;
  limits?: typeof s3Limits;
}

/** S3's own most. */
const pageKeys = 1000;

/** Objects in S3, written with the CRC-32 of the whole, which S3 checks and `head` tells. The client's retries are relied on. */
export function s3ObjectStore({
  copiesFrom = 16 * 2 ** 20,
  limits = s3Limits,
  ...account
}: S3ObjectStoreOptions): ObjectStore {
  const { client, buckets } = account;

  const head = async (ref: ObjectRef): Promise<ObjectHead | undefined> => {
    try {
      const found = await client.send(
        new HeadObjectCommand({ ...bucketAndKeyOf(account, ref), ChecksumMode: 'ENABLED' }),
      );
      const crc32 = checksumOf(found.ChecksumCRC32);
      const cold = coldOf(found);
      return {
        bytes: found.ContentLength!,
        modifiedAt: found.LastModified!.getTime(),
        ...(crc32 !== undefined && { crc32 }),
        ...(cold !== undefined && { cold }),
      };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const existing = async (ref: ObjectRef): Promise<ObjectHead> => {
    const found = await head(ref);
    if (found === undefined) throw new Failure('objectMissing', { key: ref.key });
    return found;
  };

  const get = async (ref: ObjectRef, { start, end }: ByteRange = { start: 0, end: Infinity }): Promise<Readable> => {
    if (!(start >= 0 && end >= start)) throw new RangeError(`not a range: ${start} to ${end}`);
    if (end === start) {
      await existing(ref);
      return nothing();
    }
    return readRange(account, ref, { start, end });
  };

  /** Copied in the store where that is allowed, which is from a size on. */
  const appendObject = async (assembly: S3Assembly, part: { from: ObjectRef; range?: ByteRange; crc32?: number }) => {
    const { from, range = { start: 0, end: (await existing(from)).bytes }, crc32 } = part;
    const bytes = range.end - range.start;
    if (bytes >= copiesFrom) await assembly.appendRange(from, range, crc32);
    else if (crc32 !== undefined) await assembly.appendChecked(await get(from, range), { bytes, crc32 });
    else for await (const chunk of await get(from, range)) await assembly.append(chunk as Uint8Array);
  };

  /** Gives `fill` an object to be; nothing is left of it when anything fails. */
  const write = async (
    ref: ObjectRef,
    conditions: PutConditions,
    fill: (assembly: S3Assembly) => Promise<void>,
  ): Promise<StoredObject> => {
    if (!ref.key.isWellFormed() || ref.key === '') throw new RangeError(`not a key: '${ref.key}'`);
    const assembly = new S3Assembly({ account, ref, read: get, limits });
    try {
      await fill(assembly);
      return await assembly.finish(conditions);
    } catch (error) {
      await assembly.discard();
      throw error;
    }
  };

  return {
    copiesFrom,
    coldStorage: s3ColdStorage(account, limits),
    head,
    get,
    put: (ref, body, conditions = {}) =>
      write(ref, conditions, async (assembly) => {
        for await (const chunk of body instanceof Uint8Array ? [body] : body)
          await assembly.append(typeof chunk === 'string' ? Buffer.from(chunk) : (chunk as Uint8Array));
      }),
    compose: (ref, parts) =>
      write(ref, {}, async (assembly) => {
        for await (const part of parts) {
          if ('bytes' in part) await assembly.append(part.bytes);
          else await appendObject(assembly, part);
        }
      }),
    async list(bucket, prefix, { after, limit = pageKeys } = {}) {
      const page = await client.send(
        new ListObjectsV2Command({
          Bucket: buckets[bucket],
          Prefix: prefix,
          MaxKeys: limit,
          EncodingType: 'url', // XML has no way to write some characters
          ...(after !== undefined && { StartAfter: after }),
        }),
      );
      const objects = (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
        key: decoded(Key!),
        bytes: Size!,
        modifiedAt: LastModified!.getTime(),
      }));
      return page.IsTruncated ? { objects, after: objects.at(-1)!.key } : { objects };
    },
    async remove(ref) {
      await client.send(new DeleteObjectCommand(bucketAndKeyOf(account, ref)));
    },
    async removeAll(bucket, prefix) {
      if (!prefix.endsWith('/')) throw new RangeError(`a prefix to remove ends in '/': '${prefix}'`);
      let removed = 0;
      for await (const page of objectPages(this, bucket, prefix)) {
        await removeKeys(
          account,
          bucket,
          page.map(({ key }) => key),
        );
        removed += page.length;
      }
      return removed;
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
    },
  };
}

/** As in a query: blanks are `+`. */
const decoded = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

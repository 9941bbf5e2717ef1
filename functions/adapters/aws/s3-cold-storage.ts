import {
  CopyObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { Cold, ColdStorage, ThawRequest } from '../../ports/cold-storage.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { nameOf, readFailure, statusOf } from './s3-failures.ts';
import { cut, type S3Limits } from './s3-limits.ts';
import { checksumOf, copySource, startMultipart } from './s3-multipart.ts';
import { tasks } from './tasks.ts';

/** Classes whose objects cannot be read before they are restored. */
const frozenClasses: readonly (string | undefined)[] = ['GLACIER', 'DEEP_ARCHIVE'];
const tiers = { expedited: 'Expedited', standard: 'Standard' } as const satisfies Record<ThawRequest['tier'], string>;
const copiedAtOnce = 16;

type Class = 'GLACIER' | 'STANDARD';

/** From an object's head. `Restore` is `ongoing-request="true"`, or "false" with an `expiry-date`. */
export function coldOf({ StorageClass, Restore }: HeadObjectCommandOutput): Cold | undefined {
  if (!frozenClasses.includes(StorageClass)) return undefined;
  if (Restore?.includes('ongoing-request="true"')) return 'thawing';
  const until = Restore?.match(/expiry-date="([^"]+)"/)?.[1];
  return until === undefined ? 'frozen' : { readableUntil: Date.parse(until) };
}

/** Cold storage that is S3's class Glacier Flexible Retrieval. Objects are copied over themselves in another class. */
export function s3ColdStorage(account: S3Account, limits: S3Limits): ColdStorage {
  const { client } = account;

  const existing = async (ref: ObjectRef) => {
    try {
      const found = await client.send(
        new HeadObjectCommand({ ...bucketAndKeyOf(account, ref), ChecksumMode: 'ENABLED' }),
      );
      return { found, cold: coldOf(found) };
    } catch (error) {
      throw readFailure(error, ref);
    }
  };

  /** In one request, of up to `copiedWhole` bytes; type and metadata stay. */
  const copyWhole = (ref: ObjectRef, { ETag }: HeadObjectCommandOutput, StorageClass: Class) =>
    client.send(
      new CopyObjectCommand({
        ...bucketAndKeyOf(account, ref),
        ...{ CopySource: copySource(account, ref), CopySourceIfMatch: ETag },
        ...{ StorageClass, MetadataDirective: 'COPY', ChecksumAlgorithm: 'CRC32' },
      }),
    );

  const copyInParts = async (ref: ObjectRef, found: HeadObjectCommandOutput, StorageClass: Class) => {
    const { ContentLength, ContentType, Metadata, ChecksumCRC32 } = found;
    const bytes = ContentLength!;
    const upload = await startMultipart(account, ref, {
      StorageClass,
      ...(ContentType !== undefined && { ContentType }),
      ...(Metadata !== undefined && { Metadata }),
    });
    const copies = tasks(copiedAtOnce);
    try {
      for (const range of cut({ start: 0, end: bytes }, limits.copiedPart)) {
        const part = upload.next();
        await copies.start(() => upload.copy(part, ref, range, found.ETag));
      }
      await copies.end();
      await upload.complete({ bytes, crc32: checksumOf(ChecksumCRC32) });
    } catch (error) {
      await copies.end().catch(() => undefined); // the first error matters
      await upload.abort().catch(() => undefined); // the bucket's lifecycle ends it after a day
      throw error;
    }
  };

  const copy = async (ref: ObjectRef, found: HeadObjectCommandOutput, to: Class): Promise<void> => {
    try {
      if (found.ContentLength! <= limits.copiedWhole) await copyWhole(ref, found, to);
      else await copyInParts(ref, found, to);
    } catch (error) {
      if (statusOf(error) !== 412) throw readFailure(error, ref);
      const detail = 'it was replaced while it was copied';
      throw new Failure('objectCorrupt', { key: ref.key, detail }, { cause: error });
    }
  };

  return {
    async freeze(ref) {
      const { found, cold } = await existing(ref);
      if (cold === undefined) await copy(ref, found, 'GLACIER');
    },
    async requestThaw(ref, { tier, days }) {
      const { cold } = await existing(ref);
      if (cold === 'thawing') return 'running';
      if (cold !== 'frozen') return 'ready';
      const RestoreRequest = { Days: days, GlacierJobParameters: { Tier: tiers[tier] } };
      try {
        await client.send(new RestoreObjectCommand({ ...bucketAndKeyOf(account, ref), RestoreRequest }));
        return 'started';
      } catch (error) {
        if (nameOf(error) === 'GlacierExpeditedRetrievalNotAvailable') return 'noCapacity';
        if (nameOf(error) === 'RestoreAlreadyInProgress') return 'running';
        throw readFailure(error, ref);
      }
    },
    async thaw(ref) {
      const { found, cold } = await existing(ref);
      if (cold === 'frozen' || cold === 'thawing') throw new Failure('objectFrozen', { key: ref.key });
      if (cold !== undefined) await copy(ref, found, 'STANDARD');
    },
  };
}

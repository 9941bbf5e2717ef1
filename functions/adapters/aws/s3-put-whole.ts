import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { PutConditions, StoredObject } from '../../ports/object-store.ts';
import { checksumText } from '../../ports/signed-access.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { isConflict, writeFailure } from './s3-failures.ts';

/** While another write stands in its way. */
const attempts = 5;

/** Writes an object in one request, which S3 checks against its CRC-32. */
export async function putWhole(
  account: S3Account,
  ref: ObjectRef,
  { bytes, crc32 }: { bytes: Uint8Array; crc32: number },
  { absent }: PutConditions,
): Promise<StoredObject> {
  const command = new PutObjectCommand({
    ...bucketAndKeyOf(account, ref),
    Body: bytes,
    ChecksumAlgorithm: 'CRC32',
    ChecksumCRC32: checksumText(crc32),
    ...(absent && { IfNoneMatch: '*' }),
  });
  for (let attempt = 1; ; attempt++) {
    try {
      await account.client.send(command);
      return { bytes: bytes.length, crc32 };
    } catch (error) {
      if (isConflict(error) && attempt < attempts) continue; // S3: the other write may have failed, so send it again
      throw writeFailure(error, ref);
    }
  }
}

import { crc32 } from 'node:zlib';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import { checksumText } from '../../ports/signed-access.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { readFailure, writeFailure } from './s3-failures.ts';

/** An object that is made of numbered parts; until `complete` no reader sees it. */
export interface Multipart {
  /** Numbers given so far. */
  readonly parts: number;
  /** The number of the next part, from 1. */
  next(): number;
  send(part: number, bytes: Uint8Array): Promise<void>;
  /** `etag`: of the object that is copied from; S3 answers 412 where that was replaced. */
  copy(part: number, from: ObjectRef, range: ByteRange, etag?: string): Promise<void>;
  complete(whole: {
    bytes: number;
    crc32?: number | undefined;
    absent?: true | undefined;
  }): Promise<{ crc32?: number }>;
  /** Frees what the parts take; call it when none is under way. */
  abort(): Promise<void>;
}

/** S3 keeps the CRC-32 of every part, and from them that of the whole. */
const checked = { ChecksumType: 'FULL_OBJECT' } as const;

/** `kept`: what else the object is made with, such as its class and type. */
export async function startMultipart(
  account: S3Account,
  ref: ObjectRef,
  kept: Pick<CreateMultipartUploadCommandInput, 'StorageClass' | 'ContentType' | 'Metadata'> = {},
): Promise<Multipart> {
  const { client } = account;
  const target = bucketAndKeyOf(account, ref);
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...target, ...checked, ...kept, ChecksumAlgorithm: 'CRC32' }),
  );
  const upload = { ...target, UploadId };
  const done: CompletedPart[] = [];
  let given = 0;
  const keep = (part: number, { ETag, ChecksumCRC32 }: Pick<CompletedPart, 'ETag' | 'ChecksumCRC32'>) => {
    done[part - 1] = { PartNumber: part, ETag, ...(ChecksumCRC32 !== undefined && { ChecksumCRC32 }) };
  };
  return {
    get parts() {
      return given;
    },
    next: () => ++given,
    async send(part, bytes) {
      const ChecksumCRC32 = checksumText(crc32(bytes));
      const { ETag } = await client
        .send(new UploadPartCommand({ ...upload, PartNumber: part, Body: bytes, ChecksumCRC32 }))
        .catch((error: unknown) => {
          throw writeFailure(error, ref);
        });
      keep(part, { ETag, ChecksumCRC32 });
    },
    async copy(part, from, range, etag) {
      const { CopyPartResult } = await client
        .send(
          new UploadPartCopyCommand({
            ...upload,
            PartNumber: part,
            CopySource: copySource(account, from),
            CopySourceRange: `bytes=${range.start}-${range.end - 1}`,
            ...(etag !== undefined && { CopySourceIfMatch: etag }),
          }),
        )
        .catch((error: unknown) => {
          throw readFailure(error, from);
        });
      keep(part, CopyPartResult!);
    },
    async complete({ bytes, crc32, absent }) {
      const { ChecksumCRC32 } = await client
        .send(
          new CompleteMultipartUploadCommand({
            ...upload,
            ...checked,
            MultipartUpload: { Parts: done },
            MpuObjectSize: bytes,
            ...(crc32 !== undefined && { ChecksumCRC32: checksumText(crc32) }),
            ...(absent && { IfNoneMatch: '*' }),
          }),
        )
        .catch((error: unknown) => {
          throw writeFailure(error, ref);
        });
      const known = crc32 ?? checksumOf(ChecksumCRC32);
      return known === undefined ? {} : { crc32: known };
    },
    async abort() {
      await client.send(new AbortMultipartUploadCommand(upload));
    },
  };
}

/** The header takes a path, so each name in it is escaped. */
export const copySource = (account: S3Account, ref: ObjectRef): string =>
  `${account.buckets[ref.bucket]}/${ref.key.split('/').map(encodeURIComponent).join('/')}`;

/** From S3's text; undefined also for a checksum of part checksums (`…-3`), which is none of the bytes. */
export function checksumOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[A-Za-z0-9+/]{6}==$/.test(text)
    ? Buffer.from(text, 'base64').readUInt32BE()
    : undefined;
}

import type { Bucket, ObjectRef } from '../core/object-keys.ts';
import type { StoredObject } from './object-store.ts';

/** A request that whoever has it may send, as it is, until it expires. The headers belong to it. */
export interface SignedRequest {
  method: 'GET' | 'PUT';
  url: string;
  headers: Record<string, string>;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface SentPart {
  /** From 1. */
  part: number;
  bytes: number;
  /** With its quotes, as the header of the part's answer. */
  etag: string;
}

/**
 * Direct access to objects for clients that the store does not know, so that their bytes never cross the API. What a
 * signature fixes (method, object, size, checksum, expiry) cannot be changed by who uses it: the store answers 403.
 *
 * A PUT stores only where no object is (412 otherwise), so a repeat does no harm and what arrived never changes. Parts
 * may be sent again; the last one counts.
 */
export interface SignedAccess {
  /** One PUT of exactly `bytes`, with the checksum where it is given. */
  signPut(
    ref: ObjectRef,
    options: { bytes: number; crc32?: number; expiresSeconds: number },
  ): Promise<SignedRequest & { method: 'PUT' }>;
  /**
   * PUTs of whatever comes, for clients that can neither name its size before nor send a header of ours; each replaces the
   * one before. No more than `mostBytes` where the store can hold to it; S3 cannot, so whoever reads looks at the size.
   */
  signOpenPut(
    ref: ObjectRef,
    options: { mostBytes: number; expiresSeconds: number },
  ): Promise<SignedRequest & { method: 'PUT' }>;
  /** GET, with ranges. `fileName`: what a browser saves it as. */
  signGet(
    ref: ObjectRef,
    options: { expiresSeconds: number; fileName?: string; contentType?: string },
  ): Promise<SignedRequest & { method: 'GET' }>;
  /** Starts an upload in parts, or resumes the unfinished one of the same object and sizes. */
  startMultipart(
    ref: ObjectRef,
    size: { bytes: number; partBytes: number },
  ): Promise<{ uploadId: string; sent: SentPart[] }>;
  /** One PUT of one part of exactly `bytes`; its answer has the ETag. */
  signPart(
    ref: ObjectRef,
    uploadId: string,
    part: number,
    options: { bytes: number; expiresSeconds: number },
  ): Promise<SignedRequest & { method: 'PUT' }>;
  /** In order; undefined where this object has no such unfinished upload. */
  listParts(ref: ObjectRef, uploadId: string): Promise<SentPart[] | undefined>;
  /**
   * Makes the object of its parts, all or nothing. Throws `objectMissing` where there is no such upload, `objectCorrupt`
   * where a part is missing, is not the one named, or the sum is not `bytes`; `objectPresent` where an object is there.
   */
  completeMultipart(
    ref: ObjectRef,
    uploadId: string,
    parts: readonly { part: number; etag: string }[],
    expected: { bytes: number },
  ): Promise<StoredObject>;
  /** Forgets the upload and its parts; nothing happens when there is none. */
  abortMultipart(ref: ObjectRef, uploadId: string): Promise<void>;
  /** As abortMultipart for every upload to objects below the prefix, which ends in `/`. */
  abortAll(bucket: Bucket, prefix: string): Promise<void>;
  /** As abortMultipart for every upload in which nothing arrived since `before` (ms since 1970); returns how many. */
  abortAbandoned(before: number): Promise<number>;
}

/** Header of a PUT that carries its CRC-32: base64 of four bytes, big-endian (S3's name and form). */
export const checksumHeader = 'x-amz-checksum-crc32';

export function checksumText(crc32: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32 >>> 0);
  return bytes.toString('base64');
}

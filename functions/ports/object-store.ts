import type { Readable } from 'node:stream';
import type { Bucket, ObjectRef } from '../core/object-keys.ts';
import type { ByteSource } from '../image/image.ts';
import type { Cold, ColdStorage } from './cold-storage.ts';

export interface StoredObject {
  bytes: number;
  /** CRC-32 (IEEE, as in zip) of the whole object, where the store knows it. */
  crc32?: number;
}

export interface ObjectHead extends StoredObject {
  /** Milliseconds since 1970. */
  modifiedAt: number;
  /** Absent for an object that is not in cold storage, and in lists. */
  cold?: Cold;
}

/** Random access to one object as it was when opened. */
export type OpenObject = ByteSource & AsyncDisposable;

/** Half-open byte range: `start` inclusive, `end` exclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * A piece of a composed object: bytes of another object (a range inside of it; `crc32`: of these bytes, else
 * `objectCorrupt`), or literal bytes, which are used up when the next part is asked for.
 */
export type Part = { from: ObjectRef; range?: ByteRange; crc32?: number } | { bytes: Uint8Array };
/** May be made while it is composed: nothing is stored before the last part was given. */
export type Parts = Iterable<Part> | AsyncIterable<Part>;

export interface PutConditions {
  /** Of the body, else `objectCorrupt`. */
  crc32?: number;
  bytes?: number;
  /** No object is there, else `objectPresent`; of several puts at once one wins. */
  absent?: true;
}

/**
 * An async iterable is asked for its next chunk only when the last one is stored or copied, so it may use the memory of
 * its chunks again (ports/object-chunks does). A Readable is not treated so: it reads ahead by itself.
 */
export type Body = Readable | AsyncIterable<Uint8Array> | Uint8Array;

/**
 * Bytes by key. An object is whole or absent: no reader ever sees half of one, and a failed put leaves what was there.
 * Failures: `objectMissing` (names the key), `objectCorrupt` (checksum or size differs), `objectPresent`, `noSpace`,
 * `storeUnwritable`; of reads also `objectFrozen` (it is in cold storage).
 */
export interface ObjectStore {
  /** Undefined when there is no such object. */
  head(ref: ObjectRef): Promise<ObjectHead | undefined>;
  /** The bytes of the range (default: all). A range that ends after the object is cut to it; one that starts after it is empty. */
  get(ref: ObjectRef, range?: ByteRange): Promise<Readable>;
  /** Random access without a request for each read, where the store has it; ports/object-source does with every store. */
  open?(ref: ObjectRef): Promise<OpenObject>;
  /** Replaces the object; returns what was stored. What does not meet the conditions is refused and changes nothing. */
  put(ref: ObjectRef, body: Body, conditions?: PutConditions): Promise<StoredObject>;
  /** Makes one object of parts, in order. */
  compose(ref: ObjectRef, parts: Parts): Promise<StoredObject>;
  /** compose copies ranges of so many bytes and more inside the store; where it is absent, all bytes cross this process. */
  readonly copiesFrom?: number;
  /** Where the store has any. */
  readonly coldStorage?: ColdStorage;
  /** Objects below a prefix, in order of their keys (UTF-8 bytes), at most `limit` (default 1000) a page. */
  list(
    bucket: Bucket,
    prefix: string,
    page?: { after?: string; limit?: number },
  ): Promise<{ objects: ({ key: string } & ObjectHead)[]; after?: string }>;
  /** Removes one object; nothing happens when it is missing. */
  remove(ref: ObjectRef): Promise<void>;
  /** Removes everything below a prefix, which must end in `/`; returns how many objects went. */
  removeAll(bucket: Bucket, prefix: string): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

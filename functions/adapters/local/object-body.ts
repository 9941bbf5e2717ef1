import { crc32 } from 'node:zlib';
import { crc32Combine } from '../../core/crc32-combine.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import { sourceChunks } from '../../object-streams/object-chunks.ts';
import type { Body, ObjectStore, Part, Parts } from '../../ports/object-store.ts';

/** Bytes whose checksum is known. */
export interface SummedBytes {
  data: Uint8Array;
  crc32: number;
}

/** Bytes that stay in their open file until whoever writes them copies them. `crc32`: what they must have. */
export interface CopiedBytes {
  copy: { from: number; start: number; length: number };
  crc32?: number;
}

/** A body, of which some chunks bring their checksums, and some are copied without being read here. */
export type SummedBody = Body | AsyncIterable<Uint8Array | SummedBytes | CopiedBytes>;

/** The bytes of the parts of the object `key`. Throws `objectCorrupt` where a part's checksum differs. */
export async function* joinedParts(
  parts: Parts,
  key: string,
  store: Pick<ObjectStore, 'get' | 'open'>,
): AsyncGenerator<Uint8Array | SummedBytes | CopiedBytes> {
  for await (const part of parts) {
    if ('bytes' in part) {
      yield part.bytes;
      continue;
    }
    if (store.open === undefined) yield* checked(await store.get(part.from, part.range), part.crc32, key);
    else yield* openedPart(part, store.open, key);
  }
}

/** Below this the copy of a range is done sooner than another thread gets to it. */
const worthBytes = 1 << 20;

/** A range is cut to the object, as `get` does. Large ones of a file are left to the thread that copies. */
async function* openedPart(
  { from, range, crc32 }: Extract<Part, { from: ObjectRef }>,
  open: NonNullable<ObjectStore['open']>,
  key: string,
): AsyncGenerator<Uint8Array | SummedBytes | CopiedBytes> {
  await using source = await open(from);
  const start = range?.start ?? 0;
  const end = Math.min(range?.end ?? source.size, source.size);
  const { handle } = source;
  if (handle !== undefined && 'descriptor' in handle && end - start >= worthBytes)
    yield { copy: { from: handle.descriptor, start, length: end - start }, ...(crc32 !== undefined && { crc32 }) };
  else yield* checked(sourceChunks(source, start, end), crc32, key);
}

/** Each chunk is summed once: here, and not again by who writes it. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  expected: number | undefined,
  key: string,
): AsyncGenerator<SummedBytes> {
  let checksum = 0;
  for await (const data of chunks) {
    const sum = crc32(data);
    checksum = crc32Combine(checksum, sum, data.length);
    yield { data, crc32: sum };
  }
  if (expected !== undefined && checksum !== expected >>> 0) throw partDiffers(key);
}

export const partDiffers = (key: string) =>
  new Failure('objectCorrupt', { key, detail: 'the checksum of a part differs' });

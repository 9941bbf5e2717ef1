import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { joinedParts } from '../../../functions/adapters/local/object-body.ts';
import { Failure } from '../../../functions/core/errors.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { Body, ObjectHead, ObjectStore, PutConditions } from '../../../functions/ports/object-store.ts';
import { bytesOf } from '../bytes.ts';

/** Objects in memory, without `open`: what reads them goes through ranges, as on S3. `copiesFrom`: see ObjectStore. */
export function memoryObjectStore(clock: Clock, { copiesFrom }: { copiesFrom?: number } = {}): ObjectStore {
  const objects = new Map<string, { bytes: Buffer; head: ObjectHead }>();
  const nameOf = ({ bucket, key }: ObjectRef) => `${bucket} ${key}`;
  const existing = (ref: ObjectRef): Buffer => {
    const object = objects.get(nameOf(ref));
    if (object === undefined) throw new Failure('objectMissing', { key: ref.key });
    return object.bytes;
  };
  const put = async (ref: ObjectRef, body: Body, expected: PutConditions = {}) => {
    const bytes = Buffer.from(await bytesOf(body instanceof Uint8Array ? Readable.from([body]) : body));
    const head = { bytes: bytes.length, crc32: crc32(bytes), modifiedAt: clock.now() };
    if ((expected.bytes ?? head.bytes) !== head.bytes || (expected.crc32 ?? head.crc32) !== head.crc32) {
      throw new Failure('objectCorrupt', { key: ref.key, detail: 'it is not what was announced' });
    }
    if (expected.absent === true && objects.has(nameOf(ref))) throw new Failure('objectPresent', { key: ref.key });
    objects.set(nameOf(ref), { bytes, head });
    return head;
  };
  const get: ObjectStore['get'] = async (ref, range) =>
    Readable.from([existing(ref).subarray(range?.start, range?.end)], { objectMode: false });
  const keys = (bucket: string, prefix: string) =>
    [...objects.keys()]
      .filter((name) => name.startsWith(`${bucket} ${prefix}`))
      .map((name) => name.slice(bucket.length + 1));
  return {
    ...(copiesFrom !== undefined && { copiesFrom }),
    head: async (ref) => objects.get(nameOf(ref))?.head,
    get,
    put,
    compose: (ref, parts) => put(ref, plain(joinedParts(parts, ref.key, { get }))),
    async list(bucket, prefix, { after, limit = 1000 } = {}) {
      const utf8 = (key: string) => Buffer.from(key);
      const sorted = keys(bucket, prefix).sort((a, b) => Buffer.compare(utf8(a), utf8(b)));
      const rest = sorted.filter((key) => after === undefined || Buffer.compare(utf8(key), utf8(after)) > 0);
      const page = rest.slice(0, limit).map((key) => ({ key, ...objects.get(nameOf({ bucket, key }))!.head }));
      return rest.length > limit ? { objects: page, after: page.at(-1)!.key } : { objects: page };
    },
    async remove(ref) {
      objects.delete(nameOf(ref));
    },
    async removeAll(bucket, prefix) {
      if (!prefix.endsWith('/')) throw new RangeError(`a prefix to remove ends in '/': '${prefix}'`);
      const found = keys(bucket, prefix);
      for (const key of found) objects.delete(nameOf({ bucket, key }));
      return found.length;
    },
    async [Symbol.asyncDispose]() {
      objects.clear();
    },
  };
}

async function* plain(chunks: ReturnType<typeof joinedParts>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (chunk instanceof Uint8Array) yield chunk;
    else if ('data' in chunk) yield chunk.data;
    else throw new Error('memory has no files to copy from');
  }
}

import { Readable } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { ByteRange } from '../../ports/object-store.ts';
import { bucketAndKeyOf, type S3Account } from './s3-account.ts';
import { readFailure, statusOf } from './s3-failures.ts';

/** Connections that may break in a row, with no byte between them. */
const breaks = 3;

/**
 * The bytes of a range that is not empty (`end`: exclusive, may be Infinity), cut to the object. A connection that breaks
 * is resumed at the byte where it broke, of the same object: `objectCorrupt` where that was replaced meanwhile.
 */
export async function readRange(account: S3Account, ref: ObjectRef, { start, end }: ByteRange): Promise<Readable> {
  const open = async (at: number, IfMatch?: string) => {
    // Always a range: of a whole object the SDK would wrap the stream, and giving that up leaves the connection open.
    const Range = `bytes=${at}-${end === Infinity ? '' : end - 1}`;
    const { Body, ETag } = await account.client.send(
      new GetObjectCommand({ ...bucketAndKeyOf(account, ref), Range, ...(IfMatch !== undefined && { IfMatch }) }),
    );
    return { body: Body as Readable, etag: ETag };
  };
  try {
    const { body, etag } = await open(start);
    return takenUp(body, start, (at) =>
      open(at, etag).then(
        (again) => again.body,
        (error: unknown) => {
          if (statusOf(error) !== 412) throw readFailure(error, ref);
          throw new Failure(
            'objectCorrupt',
            { key: ref.key, detail: 'it was replaced while it was read' },
            { cause: error },
          );
        },
      ),
    );
  } catch (error) {
    if (statusOf(error) === 416) return nothing(); // it starts behind the object
    throw readFailure(error, ref);
  }
}

export const nothing = (): Readable => Readable.from([], { objectMode: false });

function takenUp(first: Readable, start: number, open: (at: number) => Promise<Readable>): Readable {
  let body = first;
  async function* bytes() {
    for (let at = start, broken = 0; ; ) {
      try {
        for await (const chunk of body) {
          at += (chunk as Uint8Array).length;
          broken = 0;
          yield chunk as Uint8Array;
        }
        return;
      } catch (error) {
        if (stream.destroyed || ++broken > breaks) throw error;
      }
      body = await open(at);
      if (stream.destroyed) body.destroy();
    }
  }
  const stream: Readable = Readable.from(bytes(), { objectMode: false });
  return stream.once('close', () => body.destroy()); // begun or not, and while the next bytes are awaited
}

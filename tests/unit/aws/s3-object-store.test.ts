import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { s3ObjectStore } from '../../../functions/adapters/aws/s3-object-store.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import { answeringS3, names, type S3Answer, type S3Call, s3Error } from '../../support/answering-s3.ts';
import { bytesOf, noise } from '../../support/bytes.ts';

const MiB = 2 ** 20;
const ref: ObjectRef = { bucket: 'inputs', key: 'olga/job1/a.tif' };

function storeAnswering(answer: (call: S3Call) => S3Answer | Promise<S3Answer>) {
  const { client, calls } = answeringS3(answer);
  return { calls, store: s3ObjectStore({ client, buckets: names }) };
}

/** Of a bucket that takes everything in parts. */
const taking = ({ line }: S3Call): S3Answer => {
  if (line.endsWith('?uploads=')) {
    return { body: '<InitiateMultipartUploadResult><UploadId>upload1</UploadId></InitiateMultipartUploadResult>' };
  }
  if (line.startsWith('POST')) return { body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
  return { headers: { etag: '"part"' } };
};

describe('objects in S3', () => {
  it('are sent in parts of 8 MiB, from bounded memory', async () => {
    const { calls, store } = storeAnswering(async (call) => {
      await new Promise((resolve) => setTimeout(resolve, 20)); // slower than the chunks come
      return taking(call);
    });
    const chunk = noise(MiB);
    const before = process.memoryUsage();
    let most = 0;
    async function* body() {
      for (let i = 0; i < 400; i++) {
        const now = process.memoryUsage();
        most = Math.max(most, now.arrayBuffers + now.heapUsed - before.arrayBuffers - before.heapUsed);
        yield chunk;
      }
    }
    expect(await store.put(ref, body())).toMatchObject({ bytes: 400 * MiB });
    const parts = calls.filter(({ line }) => line.startsWith('PUT'));
    expect(parts.map(({ body }) => body.length)).toEqual(Array(50).fill(8 * MiB));
    expect(most).toBeLessThan(120 * MiB); // 4 parts under way, one that fills: 13 MiB each, and the SDK's own
  });

  it('are sent again when S3 asks to slow down', async () => {
    let refused = 0;
    const { calls, store } = storeAnswering(() => (refused++ < 2 ? s3Error('SlowDown', 503) : {}));
    expect(await store.put(ref, Buffer.from('abc'))).toMatchObject({ bytes: 3 });
    expect(calls.map(({ line }) => line)).toEqual(Array(3).fill('PUT /i/olga/job1/a.tif'));
  });

  it('are sent again while another write of the key is under way, and then there', async () => {
    const answers = [s3Error('ConditionalRequestConflict', 409), s3Error('PreconditionFailed', 412)];
    const { calls, store } = storeAnswering(() => answers.shift()!);
    const put = store.put(ref, Buffer.from('abc'), { absent: true });
    await expect(put).rejects.toMatchObject({ code: 'objectPresent' });
    expect(calls.map(({ headers }) => headers['if-none-match'])).toEqual(['*', '*']);
  });

  it('are given up with their parts when one part fails, after the others have ended', async () => {
    let underWay = 0;
    let underWayAtEnd: number | undefined;
    const { calls, store } = storeAnswering(async (call) => {
      if (call.line.includes('partNumber=2')) return s3Error('AccessDenied', 403);
      if (call.line.startsWith('DELETE')) underWayAtEnd = underWay;
      underWay++;
      await new Promise((resolve) => setTimeout(resolve, 30));
      underWay--;
      return taking(call);
    });
    await expect(store.put(ref, noise(60 * MiB))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(underWayAtEnd).toBe(0);
    expect(calls.at(-1)!.line).toBe('DELETE /i/olga/job1/a.tif?uploadId=upload1');
    expect(calls.filter(({ line }) => line.startsWith('POST') && line.includes('uploadId'))).toEqual([]);
  });

  it('are not taken for whole when the answer is 200 and its text an error', async () => {
    const { store } = storeAnswering((call) =>
      call.line.startsWith('POST') && call.line.includes('uploadId')
        ? { body: s3Error('InternalError', 200).body! }
        : taking(call),
    );
    await expect(store.put(ref, noise(14 * MiB))).rejects.toMatchObject({ name: 'InternalError' });
  });

  it('are completed under the checksum and the size of the whole', async () => {
    const { calls, store } = storeAnswering(taking);
    const { crc32 } = await store.put(ref, noise(14 * MiB));
    const { headers } = calls.at(-1)!;
    expect(headers).toMatchObject({ 'x-amz-checksum-type': 'FULL_OBJECT', 'x-amz-mp-object-size': String(14 * MiB) });
    expect(Buffer.from(headers['x-amz-checksum-crc32']!, 'base64').readUInt32BE()).toBe(crc32);
  });

  it('are not counted as removed when S3 keeps one, though it answers 200', async () => {
    const page = '<ListBucketResult><Contents><Key>o/j/a</Key><Size>1</Size><LastModified>2026-01-01T00:00:00Z';
    const { store } = storeAnswering(({ line }) =>
      line.startsWith('GET')
        ? { body: `${page}</LastModified></Contents></ListBucketResult>` }
        : { body: '<DeleteResult><Error><Key>o/j/a</Key><Code>AccessDenied</Code></Error></DeleteResult>' },
    );
    await expect(store.removeAll('inputs', 'o/j/')).rejects.toThrow('o/j/a: AccessDenied');
  });

  it('have no checksum where S3 knows one of part checksums only', async () => {
    const { store } = storeAnswering(() => ({
      headers: {
        'content-length': '7',
        'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
        'x-amz-checksum-crc32': 'AAAAAA==-2',
      },
    }));
    expect(await store.head(ref)).toEqual({ bytes: 7, modifiedAt: Date.UTC(2026, 0, 1) });
  });

  describe('read over connections that break', () => {
    const data = noise(100_000);
    /** Of one object, in answers that break after so many bytes each; what was asked for. */
    function breakingAfter(bytes: number, refuse?: S3Answer) {
      return storeAnswering(({ headers }) => {
        const from = Number(/bytes=(\d+)-/.exec(headers.range!)![1]);
        if (from > 0 && refuse !== undefined) return refuse;
        async function* broken() {
          yield data.subarray(from, from + bytes);
          if (from + bytes < data.length) throw new Error('aborted');
        }
        return { headers: { etag: '"v1"' }, body: Readable.from(broken(), { objectMode: false }) };
      });
    }

    it('go on where they broke, with the same object', async () => {
      const { calls, store } = breakingAfter(40_000);
      expect(data.equals(await bytesOf(await store.get(ref)))).toBe(true);
      expect(calls.map(({ headers }) => [headers.range, headers['if-match']])).toEqual([
        ['bytes=0-', undefined],
        ['bytes=40000-', '"v1"'],
        ['bytes=80000-', '"v1"'],
      ]);
    });

    it('fail when nothing comes any more, and when the object is another one', async () => {
      const silent = breakingAfter(0);
      await expect(silent.store.get(ref).then(bytesOf)).rejects.toThrow('aborted');
      expect(silent.calls).toHaveLength(4);
      const { store } = breakingAfter(40_000, s3Error('PreconditionFailed', 412));
      await expect(store.get(ref).then(bytesOf)).rejects.toMatchObject({ code: 'objectCorrupt' });
    });

    it('are closed when they are given up, begun or not', async () => {
      const bodies: Readable[] = [];
      const { store } = storeAnswering(() => {
        bodies.push(Readable.from([data, data], { objectMode: false }));
        return { body: bodies.at(-1)! };
      });
      (await store.get(ref)).destroy();
      for await (const _ of await store.get(ref)) break;
      await new Promise(setImmediate);
      expect(bodies.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    });
  });

  it('are missing only when S3 says so', async () => {
    for (const refusal of [s3Error('AccessDenied', 403), s3Error('NoSuchBucket', 404)]) {
      const { store } = storeAnswering(() => refusal);
      await expect(store.get(ref)).rejects.not.toMatchObject({ code: 'objectMissing' });
    }
    const { store } = storeAnswering(() => s3Error('NoSuchKey', 404));
    await expect(store.get(ref).then(bytesOf)).rejects.toMatchObject({ code: 'objectMissing' });
  });
});

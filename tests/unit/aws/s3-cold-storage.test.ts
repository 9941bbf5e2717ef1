import { describe, expect, it } from '@jest/globals';
import { s3ColdStorage } from '../../../functions/adapters/aws/s3-cold-storage.ts';
import { s3Limits } from '../../../functions/adapters/aws/s3-limits.ts';
import { s3ObjectStore } from '../../../functions/adapters/aws/s3-object-store.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import { answeringS3, names, type S3Answer, type S3Call, s3Error } from '../../support/answering-s3.ts';

const GiB = 2 ** 30;
const ref: ObjectRef = { bucket: 'downloads', key: 'olga/job1/1/results.zip' };
const head = (headers: Record<string, string>): S3Answer => ({
  headers: { 'content-length': '3', 'last-modified': 'Mon, 30 Nov 2026 07:00:00 GMT', etag: '"a"', ...headers },
});
const archived = { 'x-amz-storage-class': 'GLACIER' };

function coldAnswering(answer: (call: S3Call) => S3Answer) {
  const { client, calls } = answeringS3(answer);
  const account = { client, buckets: names };
  return { calls, cold: s3ColdStorage(account, s3Limits), store: s3ObjectStore(account) };
}

describe('cold storage in S3', () => {
  it.each([
    [{}, undefined],
    [{ 'x-amz-storage-class': 'GLACIER_IR' }, undefined],
    [archived, 'frozen'],
    [{ 'x-amz-storage-class': 'DEEP_ARCHIVE' }, 'frozen'],
    [{ ...archived, 'x-amz-restore': 'ongoing-request="true"' }, 'thawing'],
    [
      { ...archived, 'x-amz-restore': 'ongoing-request="false", expiry-date="Wed, 02 Dec 2026 00:00:00 GMT"' },
      { readableUntil: Date.UTC(2026, 11, 2) },
    ],
  ])('reads from the headers %j that the object is %j', async (headers, cold) => {
    const { store } = coldAnswering(() => head(headers));
    expect((await store.head(ref))?.cold).toEqual(cold);
  });

  it.each([
    [{ status: 202 }, 'expedited', 'Expedited', 'started'],
    [{ status: 202 }, 'standard', 'Standard', 'started'],
    [s3Error('GlacierExpeditedRetrievalNotAvailable', 503), 'expedited', 'Expedited', 'noCapacity'],
    [s3Error('RestoreAlreadyInProgress', 409), 'standard', 'Standard', 'running'],
  ] as const)('is asked for an object, and S3 answers %j to %s', async (answer, tier, named, means) => {
    const { calls, cold } = coldAnswering(({ line }) => (line.startsWith('HEAD') ? head(archived) : answer));
    expect(await cold.requestThaw(ref, { tier, days: 2 })).toBe(means);
    const { line, body } = calls.at(-1)!;
    expect(line).toBe('POST /d/olga/job1/1/results.zip?restore=');
    expect(Buffer.from(body).toString()).toMatch(
      new RegExp(`<Days>2</Days><GlacierJobParameters><Tier>${named}</Tier></GlacierJobParameters>`),
    );
  });

  it('asks for nothing while a copy is on its way or there', async () => {
    for (const [restore, means] of [
      ['ongoing-request="true"', 'running'],
      ['ongoing-request="false", expiry-date="Wed, 02 Dec 2026 00:00:00 GMT"', 'ready'],
    ] as const) {
      const { calls, cold } = coldAnswering(() => head({ ...archived, 'x-amz-restore': restore }));
      expect(await cold.requestThaw(ref, { tier: 'expedited', days: 2 })).toBe(means);
      expect(calls).toHaveLength(1);
    }
  });

  it('moves nothing back whose copy is still on its way', async () => {
    const { calls, cold } = coldAnswering(() => head({ ...archived, 'x-amz-restore': 'ongoing-request="true"' }));
    await expect(cold.thaw(ref)).rejects.toMatchObject({ code: 'objectFrozen', facts: { key: ref.key } });
    expect(calls).toHaveLength(1);
  });

  it('copies an object that is replaced meanwhile not at all', async () => {
    const { calls, cold } = coldAnswering(({ line }) =>
      line.startsWith('HEAD') ? head({}) : s3Error('PreconditionFailed', 412),
    );
    await expect(cold.freeze(ref)).rejects.toMatchObject({ code: 'objectCorrupt' });
    expect(calls.at(-1)!.headers).toMatchObject({ 'x-amz-copy-source-if-match': '"a"' });
  });

  it('copies more than 5 GiB in parts, which S3 copies, into the class, with type and metadata', async () => {
    const large = head({
      'content-length': String(6 * GiB),
      'content-type': 'application/zip',
      'x-amz-meta-job': 'job1',
    });
    const { calls, cold } = coldAnswering(({ line }) => {
      if (line.startsWith('HEAD')) return large;
      if (line.endsWith('?uploads='))
        return { body: '<InitiateMultipartUploadResult><UploadId>upload1</UploadId></InitiateMultipartUploadResult>' };
      if (line.startsWith('PUT')) return { body: '<CopyPartResult><ETag>"part"</ETag></CopyPartResult>' };
      return { body: '<CompleteMultipartUploadResult></CompleteMultipartUploadResult>' };
    });
    await cold.freeze(ref);
    const [, start, ...copies] = calls;
    expect(start!.headers).toMatchObject({
      'x-amz-storage-class': 'GLACIER',
      'content-type': 'application/zip',
      'x-amz-meta-job': 'job1',
    });
    const complete = copies.pop()!;
    expect(copies.map(({ headers }) => headers['x-amz-copy-source-range'])).toEqual(
      Array.from({ length: 6 }, (_, i) => `bytes=${i * GiB}-${(i + 1) * GiB - 1}`),
    );
    expect(copies.map(({ headers }) => headers['x-amz-copy-source-if-match'])).toEqual(Array(6).fill('"a"'));
    expect(complete.headers).toMatchObject({ 'x-amz-mp-object-size': String(6 * GiB) });
    expect(Math.max(...calls.filter(({ line }) => line.startsWith('PUT')).map(({ body }) => body.length))).toBe(0);
  });

  it('names the frozen object that a part was to be copied from, and gives the parts up', async () => {
    const { calls, store } = coldAnswering(({ line }) => {
      if (line.endsWith('?uploads='))
        return { body: '<InitiateMultipartUploadResult><UploadId>upload1</UploadId></InitiateMultipartUploadResult>' };
      return line.startsWith('PUT') ? s3Error('ObjectNotInActiveTierError', 403) : {};
    });
    const parts = [{ from: ref, range: { start: 0, end: GiB } }];
    await expect(store.compose({ ...ref, key: 'copy' }, parts)).rejects.toMatchObject({
      ...{ code: 'objectFrozen', facts: { key: ref.key } },
    });
    expect(calls.at(-1)!.line).toBe('DELETE /d/copy?uploadId=upload1');
  });
});

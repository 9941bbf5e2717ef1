import { describe, expect, it } from '@jest/globals';
import { s3SignedAccess } from '../../../functions/adapters/aws/s3-signed-access.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import { answeringS3, names, type S3Answer, type S3Call, s3Error } from '../../support/answering-s3.ts';
import { manualClock } from '../../support/manual-clock.ts';

const ref: ObjectRef = { bucket: 'inputs', key: 'olga/job1/a.tif' };

function accessAnswering(answer: (call: S3Call) => S3Answer) {
  const { client, calls } = answeringS3(answer);
  return { calls, signed: s3SignedAccess({ client, buckets: names, clock: manualClock() }) };
}

const partXml = (part: number) =>
  `<Part><PartNumber>${part}</PartNumber><ETag>"e${part}"</ETag><Size>5</Size><LastModified>2026-01-01T00:00:00Z</LastModified></Part>`;

describe('uploads in parts to S3', () => {
  it('are known with the parts of every page', async () => {
    const { calls, signed } = accessAnswering(({ line }) => ({
      body: line.includes('part-number-marker')
        ? `<ListPartsResult><IsTruncated>false</IsTruncated>${partXml(1001)}</ListPartsResult>`
        : `<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1000</NextPartNumberMarker>${partXml(1000)}</ListPartsResult>`,
    }));
    expect(await signed.listParts(ref, 'upload1')).toEqual([
      { part: 1000, bytes: 5, etag: '"e1000"' },
      { part: 1001, bytes: 5, etag: '"e1001"' },
    ]);
    expect(calls.map(({ line }) => line)).toEqual([
      'GET /i/olga/job1/a.tif?uploadId=upload1',
      'GET /i/olga/job1/a.tif?uploadId=upload1&part-number-marker=1000',
    ]);
  });

  it('are there already when another call completed them meanwhile', async () => {
    const { signed } = accessAnswering(({ line }) => {
      if (line.startsWith('GET')) return { body: `<ListPartsResult>${partXml(1)}</ListPartsResult>` };
      return line.startsWith('POST') ? s3Error('NoSuchUpload', 404) : { headers: { 'content-length': '5' } };
    });
    const complete = signed.completeMultipart(ref, 'upload1', [{ part: 1, etag: '"e1"' }], { bytes: 5 });
    await expect(complete).rejects.toMatchObject({ code: 'objectPresent' });
  });

  it('are not taken for ended when S3 refuses to say', async () => {
    const { signed } = accessAnswering(() => s3Error('AccessDenied', 403));
    await expect(signed.listParts(ref, 'upload1')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(signed.abortMultipart(ref, 'upload1')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('requests signed for S3', () => {
  it('say until when they are good, counted from the time of the signature', async () => {
    const { signed } = accessAnswering(() => ({}));
    const { url, expiresAt } = await signed.signGet(ref, { expiresSeconds: 60 });
    const { searchParams } = new URL(url);
    expect([searchParams.get('X-Amz-Date'), searchParams.get('X-Amz-Expires')]).toEqual(['20260101T000000Z', '60']);
    expect(expiresAt).toBe(Date.UTC(2026, 0, 1, 0, 1));
  });

  it('fix the size unless they are open, and no checksum where none is known', async () => {
    const { signed } = accessAnswering(() => ({}));
    const options = { bytes: 7, expiresSeconds: 60 };
    const put = new URL((await signed.signPut(ref, options)).url).searchParams;
    const checked = new URL((await signed.signPut(ref, { ...options, crc32: 5 })).url).searchParams;
    const part = new URL((await signed.signPart(ref, 'upload1', 3, options)).url).searchParams;
    expect(put.get('X-Amz-SignedHeaders')).toBe('content-length;host;if-none-match');
    expect(checked.get('X-Amz-SignedHeaders')).toBe('content-length;host;if-none-match;x-amz-checksum-crc32');
    expect(part.get('X-Amz-SignedHeaders')).toBe('content-length;host');
    const open = new URL((await signed.signOpenPut(ref, { mostBytes: 9, expiresSeconds: 60 })).url).searchParams;
    expect(open.get('X-Amz-SignedHeaders')).toBe('host');
    for (const each of [put, checked, part, open])
      expect([...each.keys()].filter((key) => /checksum/.test(key))).toEqual([]);
  });
});

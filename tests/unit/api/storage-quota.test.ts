import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { UploadAnswers } from '../../../functions/contract/uploads.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { noise } from '../../support/bytes.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService({ budget: 10_000, transfer: { singlePutBytes: 4000, partBytes: 2000 } });
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (name: string, body: object = { source: 'files' }, as = 'olga') =>
  (await api.call<JobView>('POST', '/v1/jobs', { as, body: { name, ...body } })).body.id;
const sign = (id: string, files: Record<string, number>, as = 'olga') =>
  api.call<UploadAnswers & ProblemView>('POST', `/v1/jobs/${id}/uploads`, {
    as,
    body: { files: Object.entries(files).map(([path, bytes]) => ({ path, bytes })) },
  });
/** A job that has ended and keeps so many bytes. */
async function ended(name: string, bytes: number): Promise<string> {
  const id = await make(name);
  const { body } = await sign(id, { 'a.tif': bytes });
  const [answer] = body.files;
  if (answer?.state !== 'put') throw new Error(JSON.stringify(answer));
  const { url, method, headers } = answer.request;
  expect((await fetch(url, { method, headers, body: noise(bytes) })).status).toBe(200);
  await api.call('POST', `/v1/jobs/${id}/cancel`);
  return id;
}

describe('a service whose disk budget is used up', () => {
  it('signs nothing, and says how much is used and what to delete', async () => {
    await ended('plate 1', 2000);
    const largest = await ended('plate 2', 3500);
    const id = await make('plate 3');
    const { status, body } = await sign(id, { 'b.tif': 3000, 'c.tif': 1501 });
    expect([status, body]).toMatchObject([
      507,
      { code: 'noRoom', quota: 'budget', limit: 10_000, used: 5500, title: 'there is no room for this upload' },
    ]);
    expect(body.detail).toBe(
      'the service keeps 5.50 kB of the 10.0 kB that it may keep, and this needs 4.50 kB; ' +
        "delete jobs that you need no more (your largest: 'plate 2' (3.50 kB), 'plate 1' (2.00 kB)), or ask the admin",
    );
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body.counts.expected).toBe(0);
    expect((await api.call('DELETE', `/v1/jobs/${largest}`)).status).toBe(204);
    expect((await sign(id, { 'b.tif': 3000, 'c.tif': 1501 })).status).toBe(200);
  });

  it('counts what others have signed, and names no job of theirs', async () => {
    await ended('hers', 2000);
    const id = await make('folder', { source: 'files' }, 'otto');
    expect((await sign(id, { 'a.tif': 4000, 'b.tif': 4000 }, 'otto')).status).toBe(200);
    expect((await sign(id, { 'a.tif': 4000, 'b.tif': 4000 }, 'otto')).status).toBe(200); // the same again
    const { status, body } = await sign(id, { 'c.tif': 1 }, 'otto');
    expect([status, body.detail]).toEqual([
      507,
      'the service keeps 2.00 kB of the 10.0 kB that it may keep, 8.00 kB more are on their way, and this needs 1 B; ' +
        'ask the admin to make room: you have no job that has ended',
    ]);
    api.clock.advance(60 * 60 + 1); // they were never sent
    expect((await sign(id, { 'c.tif': 1 }, 'otto')).status).toBe(200);
  });

  it('takes neither a zip nor further parts', async () => {
    const id = await make('zip', { source: 'zip', archiveBytes: 10_001 });
    expect((await sign(id, { 'folder.zip': 10_001 })).body).toMatchObject({ code: 'noRoom' });
    const large = await make('large');
    const { body } = await sign(large, { 'a.tif': 6000 });
    const [answer] = body.files;
    if (answer?.state !== 'multipart') throw new Error(JSON.stringify(answer));
    const { uploadId } = answer;
    api.clock.advance(25 * 60 * 60);
    expect((await sign(await make('meanwhile'), { 'b.tif': 4000, 'c.tif': 3000 })).status).toBe(200);
    const parts = await api.call<ProblemView>('POST', `/v1/jobs/${large}/uploads/parts`, {
      body: { path: 'a.tif', uploadId, parts: [1] },
    });
    expect([parts.status, parts.body.code]).toEqual([507, 'noRoom']);
  });
});

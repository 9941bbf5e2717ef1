import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FilePage, JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { SignedRequestView } from '../../../functions/contract/signed-request.ts';
import type { SentParts, SignedParts, UploadAnswers, UploadsBody } from '../../../functions/contract/uploads.ts';
import { type ApiService, type ApiServiceOptions, apiService } from '../../support/api-service.ts';
import { bytesOf, noise } from '../../support/bytes.ts';
import { millisecondsSince } from '../../support/processor-time.ts';

let api: ApiService;
let id: string;
beforeEach(async () => {
  api = await apiService();
  id = await make({ source: 'files', name: 'plate' });
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (body: Record<string, unknown>) => (await api.call<JobView>('POST', '/v1/jobs', { body })).body.id;
async function restart(options: ApiServiceOptions) {
  await api[Symbol.asyncDispose]();
  api = await apiService(options);
  id = await make({ source: 'files', name: 'plate' });
}
const ask = async (files: UploadsBody['files'], job = id) =>
  (await api.call<UploadAnswers>('POST', `/v1/jobs/${job}/uploads`, { body: { files } })).body.files;
const send = (request: SignedRequestView, body: Uint8Array) =>
  fetch(request.url, { method: request.method, headers: request.headers, body: new Uint8Array(body) });
const job = async () => (await api.call<JobView>('GET', `/v1/jobs/${id}`)).body;
const stored = async (path: string, bucket: 'inputs' | 'uploads' = 'inputs') =>
  bytesOf(await api.ports.objects.get({ bucket, key: `olga/${id}/${path}` }));

describe('naming files', () => {
  it('signs each for exactly what it is, registers it and predicts it when it arrives', async () => {
    const body = noise(1000);
    const [answer] = await ask([{ path: 'Gro\u0308ße\\cell #1.tif', bytes: 1000, crc32: crc32(body) }]);
    expect(answer).toEqual({
      state: 'put',
      path: 'Größe/cell #1.tif',
      request: {
        method: 'PUT',
        url: expect.stringContaining(`${api.url}/objects/inputs/olga/${id}/Gr%C3%B6%C3%9Fe/cell%20%231.tif?`),
        headers: { 'if-none-match': '*', 'x-amz-checksum-crc32': expect.any(String) },
        expiresAt: '2026-01-01T01:00:00.000Z',
      },
    });
    expect((await job()).counts).toEqual({ expected: 1, done: 0, failed: 0, leftOut: 0, pending: 1 });
    if (answer?.state !== 'put') throw new Error('not signed');
    expect((await send(answer.request, body)).status).toBe(200);
    expect(body.equals(await stored('Größe/cell #1.tif'))).toBe(true);
    const [message] = await api.ports.queue.receive('files', { max: 9, visibilitySeconds: 9 });
    expect(message?.body).toEqual({ owner: 'olga', id, path: 'Größe/cell #1.tif' });
  });

  it('answers in the order of the request and takes 500 files without much work', async () => {
    const files = Array.from({ length: 500 }, (_, i) => ({ path: `${499 - i}.tif`, bytes: i }));
    const started = process.cpuUsage();
    const answers = await ask(files);
    const milliseconds = millisecondsSince(started);
    expect(answers.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(answers.every(({ state }) => state === 'put')).toBe(true);
    expect((await job()).counts.expected).toBe(500);
    expect(milliseconds).toBeLessThan(2000); // about 60 ms alone on two cores
  });

  it('says what is there already, so that a folder that is dropped again sends only the rest', async () => {
    const [body, sums] = [noise(10), crc32(noise(10))];
    const [first] = await ask([
      { path: 'a.tif', bytes: 10 },
      { path: 'b.tif', bytes: 10 },
    ]);
    if (first?.state !== 'put') throw new Error('not signed');
    await send(first.request, body);
    const again = await ask([
      { path: 'a.tif', bytes: 10, crc32: sums },
      { path: 'b.tif', bytes: 10 },
      { path: 'c.tif', bytes: 10 },
    ]);
    expect(again[0]).toEqual({ state: 'present', path: 'a.tif', bytes: 10 });
    expect(again.map(({ state }) => state)).toEqual(['present', 'put', 'put']);
    expect((await job()).counts.expected).toBe(3);
  });

  it('refuses a file that has changed since it was named', async () => {
    const [first] = await ask([{ path: 'a.tif', bytes: 10 }]);
    const [larger] = await ask([{ path: 'a.tif', bytes: 11 }]);
    expect(larger).toMatchObject({ state: 'refused', code: 'fileChanged' });
    if (first?.state !== 'put') throw new Error('not signed');
    await send(first.request, noise(10));
    const [other] = await ask([{ path: 'a.tif', bytes: 10, crc32: 1 }]);
    expect(other).toMatchObject({ state: 'refused', code: 'fileChanged' });
    expect((await job()).bytes).toBe(10);
  });

  it('refuses a file of the same size whose identity is another, and says that of each in the list', async () => {
    await ask([{ path: 'a.tif', bytes: 10, identity: '1k-00ff' }]);
    const answers = await Promise.all(
      [{ identity: '1k-00ff' }, { identity: '1k-ff00' }, {}].map((more) =>
        ask([{ path: 'a.tif', bytes: 10, ...more }]),
      ),
    );
    expect(answers.map(([answer]) => (answer?.state === 'refused' ? answer.code : answer?.state))).toEqual([
      'put',
      'fileChanged',
      'put',
    ]);
    const { body } = await api.call<FilePage>('GET', `/v1/jobs/${id}/files`);
    expect(body.items).toEqual([{ path: 'a.tif', bytes: 10, identity: '1k-00ff', state: 'pending' }]);
  });

  it('refuses another zip of the same size', async () => {
    id = await make({ source: 'zip', name: 'plate', archiveBytes: 10, archiveIdentity: '1k-00ff' });
    expect(await job()).toMatchObject({ archiveIdentity: '1k-00ff' });
    const zip = (identity?: string) => ask([{ path: 'p.zip', bytes: 10, ...(identity !== undefined && { identity }) }]);
    expect(await zip('1k-ff00')).toMatchObject([{ state: 'refused', code: 'fileChanged' }]);
    expect(await zip('1k-00ff')).toMatchObject([{ state: 'put' }]);
    expect(await zip()).toMatchObject([{ state: 'put' }]);
  });

  it('counts files that are not sent, with the reason of each, beyond the files that the plan allows', async () => {
    await restart({ plan: { filesPerJob: 2, bytesPerFile: 100 } });
    const answers = await ask([
      { path: 'a.tif', bytes: 10 },
      { path: 'b.tif', bytes: 10 },
      { path: 'a (2).tif', bytes: 11, notSent: 'namedTwice' },
      { path: 'c.tif', bytes: 12, notSent: 'overFileLimit' },
      { path: 'd.tif', bytes: 101 },
    ]);
    expect(answers.map((answer) => (answer.state === 'refused' ? answer.code : answer.state))).toEqual([
      'put',
      'put',
      'namedTwice',
      'overFileLimit',
      'fileTooLarge',
    ]);
    expect((await job()).counts).toEqual({ expected: 5, done: 0, failed: 3, leftOut: 0, pending: 2 });
    const { body } = await api.call<FilePage>('GET', `/v1/jobs/${id}/files?state=failed`);
    expect(body.items.map(({ path, failure }) => `${path}: ${failure?.message}`)).toEqual([
      'a (2).tif: a second file of the same name was not sent: one job keeps one file of a name',
      'c.tif: the job is full: the plan allows 2 files a job',
      'd.tif: the file is larger than the plan allows: it has 101 bytes, and 100 a file are allowed',
    ]);
    const more = await api.call<ProblemView>('POST', `/v1/jobs/${id}/uploads`, {
      body: { files: [{ path: 'e.tif', bytes: 1 }] },
    });
    expect(more).toMatchObject({ status: 403, body: { code: 'overPlan', quota: 'filesPerJob' } });
  });

  it('takes a file out that was named and has not arrived, once', async () => {
    await ask([{ path: 'a.tif', bytes: 10, identity: '1k-00ff' }]);
    for (let twice = 0; twice < 2; twice++)
      expect(await ask([{ path: 'a.tif', bytes: 10, notSent: 'withdrawn' }])).toMatchObject([
        { state: 'refused', code: 'withdrawn' },
      ]);
    expect((await job()).counts).toEqual({ expected: 1, done: 0, failed: 1, leftOut: 0, pending: 0 });
  });

  it('shows how many files were announced, from the start', async () => {
    id = await make({ source: 'files', name: 'plate', announced: 1200 });
    await ask([{ path: 'a.tif', bytes: 10 }]);
    expect(await job()).toMatchObject({ announced: 1200, counts: { expected: 1 } });
  });

  it('names refused images as failed in the job and what is no image as left out, as run does', async () => {
    const answers = await ask([
      { path: 'good.tif', bytes: 1 },
      { path: 'notes.txt', bytes: 2 },
      { path: '../up.tif', bytes: 3 },
      { path: 'C:\\data\\a.tif', bytes: 4 },
      { path: 'a\u0000b.tif', bytes: 5 },
      { path: '.DS_Store', bytes: 6 },
      { path: `${'x'.repeat(300)}.tif`, bytes: 7 },
    ]);
    expect(answers.map((answer) => (answer.state === 'refused' ? answer.code : answer.state))).toEqual([
      'put',
      'imageLeftOut',
      'pathRefused',
      'pathRefused',
      'pathRefused',
      'imageLeftOut',
      'pathRefused',
    ]);
    const { body } = await api.call<FilePage>('GET', `/v1/jobs/${id}/files?state=failed`);
    expect(body.items.map(({ path, failure }) => `${path}: ${failure?.code}`)).toEqual([
      '../up.tif: pathRefused',
      'C:\\data\\a.tif: pathRefused',
      'a\\u{0}b.tif: pathRefused',
      `${'x'.repeat(300)}.tif: pathRefused`,
    ]);
    const left = await api.call<FilePage>('GET', `/v1/jobs/${id}/files?state=leftOut`);
    expect(left.body.items.map(({ path, failure }) => `${path}: ${failure?.message}`)).toEqual([
      '.DS_Store: left out: Finder or Explorer made it',
      'notes.txt: left out: its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg',
    ]);
    expect((await job()).counts).toEqual({ expected: 7, done: 0, failed: 4, leftOut: 2, pending: 1 });
    const again = await ask([{ path: 'notes.txt', bytes: 2 }]);
    expect(again[0]).toMatchObject({ code: 'imageLeftOut' });
    expect((await job()).counts.expected).toBe(7);
  });

  it('takes a companion file without counting it as an image, and names it as left out', async () => {
    await restart({ plan: { filesPerJob: 1 } });
    const named = [
      { path: 'set/a.companion.ome', bytes: 9 },
      { path: 'set/a.ome.tif', bytes: 10 },
      { path: 'long.companion.ome', bytes: 2 ** 23 + 1 },
    ];
    const answers = await ask(named);
    expect(answers.map(({ state }) => state)).toEqual(['put', 'put', 'refused']);
    if (answers[0]?.state !== 'put') throw new Error('not signed');
    await send(answers[0].request, noise(9));
    expect(noise(9).equals(await stored('set/a.companion.ome'))).toBe(true);
    const left = await api.call<FilePage>('GET', `/v1/jobs/${id}/files?state=leftOut`);
    expect(left.body.items.map(({ path, failure }) => `${path}: ${failure?.message}`)).toEqual(
      ['long', 'set/a'].map(
        (stem) => `${stem}.companion.ome: left out: it is no image: the images beside it are read with what it says`,
      ),
    );
    expect((await job()).counts).toEqual({ expected: 3, done: 0, failed: 0, leftOut: 2, pending: 1 });
    expect((await ask(named)).map(({ state }) => state)).toEqual(['present', 'put', 'refused']);
    expect((await job()).counts.expected).toBe(3);
  });

  it('takes regions of interest beside their image, and no larger file of them than one of images', async () => {
    await restart({ plan: { bytesPerFile: 100 } });
    const named = [
      { path: 'a_RoiSet.zip', bytes: 9 },
      { path: 'a_regions.tif', bytes: 101 },
      { path: 'a.tif', bytes: 10 },
    ];
    const answers = await ask(named);
    expect(answers.map((answer) => (answer.state === 'refused' ? answer.code : answer.state))).toEqual([
      ...['put', 'fileTooLarge', 'put'],
    ]);
    expect((await job()).counts).toEqual({ expected: 3, done: 0, failed: 1, leftOut: 1, pending: 1 });
  });

  it('refuses the second of two names that are one', async () => {
    const answers = await ask([
      { path: 'é.tif', bytes: 1 },
      { path: 'e\u0301.tif', bytes: 1 },
    ]);
    expect(answers.map(({ state }) => state)).toEqual(['put', 'refused']);
    expect(answers[1]).toMatchObject({ code: 'namedTwice', path: 'é.tif' });
  });

  it('takes no new file after the submit', async () => {
    const [first] = await ask([{ path: 'a.tif', bytes: 1 }]);
    if (first?.state !== 'put') throw new Error('not signed');
    await send(first.request, noise(1));
    await api.call('POST', `/v1/jobs/${id}/submit`);
    const answers = await ask([
      { path: 'a.tif', bytes: 1 },
      { path: 'b.tif', bytes: 1 },
    ]);
    expect(answers[0]?.state).toBe('present');
    expect(answers[1]).toMatchObject({ state: 'refused', code: 'jobClosed' });
    expect((await job()).counts.expected).toBe(1);
  });

  it('takes the one zip of a zip job, of the size that was said', async () => {
    id = await make({ source: 'zip', name: 'plate', archiveBytes: 10 });
    const answers = await ask([{ path: 'plate.zip', bytes: 11 }]);
    expect(answers[0]).toMatchObject({ state: 'refused', code: 'fileChanged' });
    expect((await ask([{ path: 'plate.tif', bytes: 10 }]))[0]).toMatchObject({ code: 'imageLeftOut' });
    const [first, second] = await ask([
      { path: 'plate.zip', bytes: 10 },
      { path: 'b.zip', bytes: 10 },
    ]);
    expect(second).toMatchObject({ code: 'namedTwice' });
    if (first?.state !== 'put') throw new Error('not signed');
    expect((await send(first.request, noise(10))).status).toBe(200);
    expect(await stored('archive.zip', 'uploads')).toHaveLength(10);
    expect((await ask([{ path: 'plate.zip', bytes: 10 }]))[0]).toMatchObject({ state: 'present', path: 'plate.zip' });
    expect((await job()).counts.expected).toBe(0);
  });
});

describe('large files', () => {
  const MiB = 2 ** 20;

  it('go in parts of one size, few enough for any store', async () => {
    const answers = await ask([
      { path: 'limit.tif', bytes: 100_000_000 },
      { path: 'over.tif', bytes: 100_000_001 },
      { path: 'whole.tif', bytes: 1024 * MiB },
    ]);
    expect(answers[0]?.state).toBe('put');
    expect(answers[1]).toEqual({
      state: 'multipart',
      path: 'over.tif',
      uploadId: expect.stringMatching(/^[0-9a-f]{32}$/),
      partBytes: 16 * MiB,
      partCount: 6,
      sent: [],
    });
    expect(answers[2]).toMatchObject({ partCount: 64 });
    await restart({ plan: { bytesPerFile: 5 * 2 ** 40, bytesPerDay: 2 ** 50 } });
    const [huge] = await ask([{ path: 'huge.tif', bytes: 5 * 2 ** 40 }]);
    if (huge?.state !== 'multipart') throw new Error('not in parts');
    expect(huge.partCount).toBeLessThanOrEqual(10_000);
    expect(huge.partBytes * huge.partCount).toBeGreaterThanOrEqual(5 * 2 ** 40);
  });

  it('are signed part by part, resumed, completed once, and predicted when complete', async () => {
    await restart({ transfer: { singlePutBytes: 1000, partBytes: 300 } });
    const size = 1501;
    const [answer] = await ask([{ path: 'big.tif', bytes: size }]);
    if (answer?.state !== 'multipart') throw new Error('not in parts');
    const { uploadId, partBytes } = answer;
    const query = `path=big.tif&uploadId=${uploadId}`;
    const sign = async (parts: number[]) =>
      (
        await api.call<SignedParts>('POST', `/v1/jobs/${id}/uploads/parts`, {
          body: { path: 'big.tif', uploadId, parts },
        })
      ).body.parts;
    const body = noise(size);
    const sendPart = async ({ part, bytes, request }: SignedParts['parts'][number]) => {
      const at = (part - 1) * partBytes;
      const reply = await send(request, body.subarray(at, at + bytes));
      return { part, etag: reply.headers.get('etag')! };
    };
    const complete = (parts: unknown[], headers = {}) =>
      api.call('POST', `/v1/jobs/${id}/uploads/complete`, { body: { path: 'big.tif', uploadId, parts }, headers });

    const [last] = await sign([6]);
    expect(last).toMatchObject({ part: 6, bytes: size - 5 * partBytes });
    const beyond = await api.call<ProblemView>('POST', `/v1/jobs/${id}/uploads/parts`, {
      body: { path: 'big.tif', uploadId, parts: [7] },
    });
    expect(beyond.body).toMatchObject({ code: 'partsWrong', detail: expect.stringContaining('no part 7 of 6') });

    const sent = [await sendPart(last!)];
    const early = await complete(sent);
    expect([early.status, early.body.code]).toEqual([409, 'partsWrong']);
    const [resumed] = await ask([{ path: 'big.tif', bytes: size }]);
    expect(resumed).toEqual({ ...answer, sent: [{ part: 6, bytes: last!.bytes, etag: sent[0]!.etag }] });

    for (const part of await sign([1, 2, 3, 4, 5])) sent.push(await sendPart(part));
    const listed = await api.call<SentParts>('GET', `/v1/jobs/${id}/uploads/parts?${query}`);
    expect(listed.body.parts.map(({ part, bytes }) => [part, bytes])).toEqual([
      ...[1, 2, 3, 4, 5].map((part) => [part, partBytes]),
      [6, last!.bytes],
    ]);
    sent.sort((a, b) => a.part - b.part);
    expect(await api.ports.queue.depth('files')).toMatchObject({ waiting: 0 });
    const answers = await Promise.all([complete(sent), complete(sent)]);
    for (const { status, body } of [...answers, await complete(sent)]) {
      expect([status, body]).toEqual([200, { path: 'big.tif', bytes: size }]);
    }
    expect(body.equals(await stored('big.tif'))).toBe(true);
    expect(await api.ports.queue.depth('files')).toMatchObject({ waiting: 1 });
    expect((await ask([{ path: 'big.tif', bytes: size }]))[0]?.state).toBe('present');
    const gone = await api.call<ProblemView>('GET', `/v1/jobs/${id}/uploads/parts?${query}`);
    expect([gone.status, gone.body.code]).toEqual([404, 'uploadMissing']);
  });

  it('are known by path and id only', async () => {
    const [answer] = await ask([{ path: 'big.tif', bytes: 2e8 }]);
    if (answer?.state !== 'multipart') throw new Error('not in parts');
    for (const [path, uploadId, code] of [
      ['none.tif', answer.uploadId, 'fileMissing'],
      ['../../big.tif', answer.uploadId, 'fileMissing'],
      ['big.tif', '0'.repeat(32), 'uploadMissing'],
      ['big.tif', 'a b', 'requestInvalid'],
    ]) {
      const body = { path, uploadId, parts: [1] };
      expect((await api.call<ProblemView>('POST', `/v1/jobs/${id}/uploads/parts`, { body })).body.code).toBe(code);
    }
  });
});

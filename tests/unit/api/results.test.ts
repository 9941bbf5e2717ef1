import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FilePage, JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download, Results } from '../../../functions/contract/results.ts';
import { downloadRef, inputRef, type ResultKind, resultRef, tableRef } from '../../../functions/core/object-keys.ts';
import type { FileSummary } from '../../../functions/core/summary.ts';
import { type ApiService, apiService, sha256 } from '../../support/api-service.ts';
import { millisecondsSince } from '../../support/processor-time.ts';

let api: ApiService;
let ref: { owner: string; id: string };
beforeEach(async () => {
  api = await apiService();
  const { body } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'Maus/Plate: 1' } });
  ref = { owner: 'olga', id: body.id };
});
afterEach(() => api[Symbol.asyncDispose]());

const path = 'day 1/Zelle #1.ome.tif';
const summary: FileSummary = {
  path,
  sha256,
  bytes: 10,
  height: 4,
  width: 5,
  samples: 1,
  type: 'uint16',
  positions: 1,
  times: 1,
  depths: 2,
  channels: 1,
  channel: { index: 0, name: 'DAPI' },
  objects: 3,
  counted: { planes: 'link', sections: 5 },
  meanAreaPx: 12.5,
  model: { name: 'nuclei', version: '1.0.0', sha256, definition: sha256 },
  settings: { probabilities: false },
  outputs: [],
};

/** What predict leaves of one image. */
async function predicted(kinds: Partial<Record<ResultKind, string>>) {
  await api.ports.jobs.expect(ref, [{ path, bytes: 10 }]);
  for (const [kind, text] of Object.entries(kinds)) {
    await api.ports.objects.put(resultRef(ref, path, kind as ResultKind), Buffer.from(text));
  }
  await api.ports.jobs.finishFile(ref, path, { state: 'done' });
}
const show = (query: string) => api.call<Results>('GET', `/v1/jobs/${ref.id}/results${query}`);
const of = (wanted: string) => show(`?path=${encodeURIComponent(wanted)}`);

describe('results of one image', () => {
  it('are signed downloads under the names of the zip, with the summary', async () => {
    await predicted({
      'labels.tif': 'labels',
      'preview.png': 'preview',
      'measurements.csv': 'a,b',
      'summary.json': JSON.stringify(summary),
    });
    const { status, body } = await of(path);
    expect(status).toBe(200);
    expect(body.summary).toEqual(summary);
    expect(body.files.map(({ kind, fileName, bytes }) => [kind, fileName, bytes])).toEqual([
      ['labels.tif', 'Zelle #1_labels.tif', 6],
      ['preview.png', 'Zelle #1_preview.png', 7],
      ['measurements.csv', 'Zelle #1_measurements.csv', 3],
    ]);
    const types = {
      'labels.tif': 'image/tiff',
      'preview.png': 'image/png',
      'measurements.csv': 'text/csv; charset=utf-8',
    };
    for (const { kind, request } of body.files) {
      const answer = await fetch(request.url, { headers: request.headers });
      expect(answer.headers.get('content-type')).toBe(types[kind as keyof typeof types]);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(await answer.text()).toBe({ 'labels.tif': 'labels', 'preview.png': 'preview' }[kind as string] ?? 'a,b');
    }
  });

  it('come without a summary that another version wrote', async () => {
    await predicted({ 'labels.tif': 'x', 'prob.tif': 'y', 'summary.json': '{"version":9}' });
    const { body } = await of(path);
    expect(Object.keys(body)).toEqual(['path', 'files']);
    expect(body.files.map(({ kind }) => kind)).toEqual(['labels.tif', 'prob.tif']);
  });

  it('are not there before the image is done, nor when it failed', async () => {
    await api.ports.jobs.expect(ref, [{ path, bytes: 1 }]);
    const waiting = await of(path);
    expect([waiting.status, (waiting.body as unknown as ProblemView).code]).toEqual([409, 'resultsMissing']);
    const failure = { code: 'imageBroken', message: 'the image file is damaged' };
    await api.ports.jobs.finishFile(ref, path, { state: 'failed', failure });
    expect((await of(path)).body).toMatchObject({
      status: 409,
      code: 'noResults',
      detail: 'the image file is damaged. What to do: copy or export the file again; nothing was guessed',
    });
    for (const unknown of ['none.tif', '../x.tif', '/etc/passwd']) expect((await of(unknown)).status).toBe(404);
  });
});

describe('an image as it was sent', () => {
  const input = (wanted: string) =>
    api.call<Download>('GET', `/v1/jobs/${ref.id}/input?path=${encodeURIComponent(wanted)}`);

  it('is a signed download under its own name, of which a piece can be had', async () => {
    await api.ports.jobs.expect(ref, [{ path, bytes: 10 }]);
    await api.ports.objects.put(inputRef(ref, path), Buffer.from('0123456789'));
    const { status, body } = await input(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ fileName: 'Zelle #1.ome.tif', bytes: 10 });
    const answer = await fetch(body.request.url, { headers: { ...body.request.headers, Range: 'bytes=3-5' } });
    expect([answer.status, answer.headers.get('content-range'), await answer.text()]).toEqual([
      206,
      'bytes 3-5/10',
      '345',
    ]);
  });

  it('says that it is not there where its file is known and its bytes are not', async () => {
    await api.ports.jobs.expect(ref, [{ path, bytes: 10 }]);
    const { status, body } = await input(path);
    expect([status, (body as unknown as ProblemView).code]).toEqual([409, 'inputMissing']);
  });

  it.each(['none.tif', '../x.tif', '/etc/passwd'])('is a missing file where the job has no %s', async (unknown) => {
    const { status, body } = await input(unknown);
    expect([status, (body as unknown as ProblemView).code]).toEqual([404, 'fileMissing']);
  });
});

describe('results of the whole job', () => {
  it('are its tables, as far as they are written', async () => {
    expect((await show('')).status).toBe(409);
    await api.ports.objects.put(tableRef({ ...ref, generation: 1 }, 'summary.csv'), Buffer.from('path\r\n'));
    await api.ports.objects.put(tableRef({ ...ref, generation: 1 }, 'manifest.json'), Buffer.from('{}'));
    const { body } = await show('');
    expect(body.files.map(({ kind, bytes }) => [kind, bytes])).toEqual([
      ['summary.csv', 6],
      ['manifest.json', 2],
    ]);
  });

  it('are one zip under the name of the job, once it is packaged', async () => {
    const ask = () => api.call<Download>('GET', `/v1/jobs/${ref.id}/download`);
    await predicted({});
    await api.ports.objects.put(downloadRef({ ...ref, generation: 1 }), Buffer.from('PK'));
    expect((await ask()).status).toBe(409);
    await api.ports.jobs.submit(ref);
    await api.ports.jobs.seal(ref);
    await api.ports.jobs.startPackaging(ref);
    const early = await ask();
    expect(early.body).toMatchObject({ code: 'resultsMissing', detail: expect.stringContaining('packaging') });
    await api.ports.jobs.complete(ref, 1);
    const { body } = await ask();
    expect(body).toMatchObject({ fileName: 'Maus_Plate_ 1.zip', bytes: 2 });
    const answer = await fetch(body.request.url);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="Maus_Plate_ 1.zip"; filename*=UTF-8''Maus_Plate_%201.zip`,
    );
    expect(await answer.text()).toBe('PK');
  });

  it('are those of the last round only, whenever an earlier round writes its own', async () => {
    const download = () => api.call<Download>('GET', `/v1/jobs/${ref.id}/download`);
    const pack = async (generation: number, text: string) => {
      await api.ports.objects.put(tableRef({ ...ref, generation }, 'errors.csv'), Buffer.from(text));
      await api.ports.objects.put(downloadRef({ ...ref, generation }), Buffer.from(text));
    };
    await predicted({});
    await api.ports.jobs.expect(ref, [{ path: 'b.tif', bytes: 1 }]);
    await api.ports.jobs.finishFile(ref, 'b.tif', { state: 'failed', failure: { code: 'gaveUp', message: '' } });
    await api.ports.jobs.submit(ref);
    await api.ports.jobs.seal(ref);
    await api.ports.jobs.startPackaging(ref);
    await pack(1, 'first');
    await api.ports.jobs.complete(ref, 1);
    const first = (await download()).body;

    expect((await api.call('POST', `/v1/jobs/${ref.id}/retry`)).status).toBe(200);
    expect((await fetch(first.request.url)).status).toBe(404);
    await pack(1, 'first, late');
    expect((await show('')).status).toBe(409);
    await api.ports.jobs.finishFile(ref, 'b.tif', { state: 'done' });
    await api.ports.jobs.startPackaging(ref);
    await pack(2, 'second');
    await api.ports.jobs.complete(ref, 2);
    await pack(1, 'first, later still');
    const zip = await fetch((await download()).body.request.url);
    const tables = (await show('')).body.files;
    expect(await zip.text()).toBe('second');
    expect(tables.map(({ kind }) => kind)).toEqual(['errors.csv']);
    expect(await (await fetch(tables[0]!.request.url)).text()).toBe('second');
  });
});

it('lists ten thousand files in pages, by state too', async () => {
  const paths = Array.from({ length: 10_000 }, (_, i) => `plate/${String(i).padStart(5, '0')}.tif`);
  await api.ports.jobs.expect(
    ref,
    paths.map((each) => ({ path: each, bytes: 7 })),
  );
  await api.ports.jobs.finishFile(ref, paths[5000]!, { state: 'done' });
  const seen: string[] = [];
  let calls = 0;
  const started = process.cpuUsage();
  for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const { body } = await api.call<FilePage>('GET', `/v1/jobs/${ref.id}/files${query}`);
    seen.push(...body.items.map((file) => file.path));
    cursor = body.cursor;
    calls++;
  }
  expect(seen).toEqual(paths);
  expect(calls).toBe(10);
  expect(millisecondsSince(started)).toBeLessThan(5000); // about 150 ms alone on two cores
  const done = await api.call<FilePage>('GET', `/v1/jobs/${ref.id}/files?state=done&limit=5`);
  expect(done.body).toEqual({ items: [{ path: paths[5000], bytes: 7, state: 'done' }] });
});

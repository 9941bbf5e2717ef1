import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobPage, JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { UploadAnswers } from '../../../functions/contract/uploads.ts';
import { jobBuckets } from '../../../functions/core/object-keys.ts';
import { type ApiService, apiService, sha256 } from '../../support/api-service.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService();
});
afterEach(() => api[Symbol.asyncDispose]());

const make = async (body: Record<string, unknown> = {}, as = 'olga'): Promise<JobView> =>
  (await api.call<JobView>('POST', '/v1/jobs', { as, body: { source: 'files', name: 'plate 1', ...body } })).body;

/** Names files of one byte each and sends those that are not left out. */
async function upload(id: string, paths: string[], { except = [] as string[] } = {}): Promise<void> {
  const files = paths.map((path) => ({ path, bytes: 1 }));
  const { body } = await api.call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, { body: { files } });
  for (const answer of body.files) {
    if (answer.state !== 'put' || except.includes(answer.path)) continue;
    const { url, method, headers } = answer.request;
    expect((await fetch(url, { method, headers, body: 'x' })).status).toBe(200);
  }
}

/** What predict and zip do, cut short. */
async function finish(id: string, outcomes: Record<string, 'done' | 'failed'>): Promise<void> {
  const ref = { owner: 'olga', id };
  const failure = { code: 'imageEmpty', message: 'the file is empty: it has 0 bytes' };
  for (const [path, state] of Object.entries(outcomes)) {
    await api.ports.jobs.finishFile(ref, path, state === 'done' ? { state } : { state, failure });
  }
  const job = await api.ports.jobs.startPackaging(ref);
  await api.ports.jobs.complete(ref, job!.generation);
}

describe('describing jobs', () => {
  const describeJob = (id: string, body: unknown) =>
    api.call<JobView & ProblemView>('PATCH', `/v1/jobs/${id}`, { body });

  it('gives a job another name and a note, and takes the note away again', async () => {
    const { id } = await make();
    const named = await describeJob(id, { name: 'Gro\u0308ße', note: ' left side\nmouse 12 ' });
    expect([named.status, named.body.name, named.body.note]).toEqual([200, 'Größe', 'left side\nmouse 12']);
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body).toEqual(named.body);
    expect((await describeJob(id, {})).body).toEqual(named.body);
    expect((await describeJob(id, { note: '' })).body).toEqual((({ note: _, ...rest }) => rest)(named.body));
  });

  it.each([
    ['an empty name', { name: '' }, 'body.name'],
    ['a name of two lines', { name: 'a\nb' }, 'body.name'],
    ['a name that turns the writing round', { name: 'a\u202efit' }, 'body.name'],
    ['a note that turns the writing round', { note: 'a\u2067b' }, 'body.note'],
    ['half a character', { note: '\ud800' }, 'body.note'],
    ['a control character', { note: 'a\u0007b' }, 'body.note'],
    ['a note of 2,001 characters', { note: 'x'.repeat(2001) }, 'body.note'],
    ['another field', { state: 'completed' }, 'body'],
  ])('refuses %s', async (_, body, at) => {
    const { id } = await make();
    const refused = await describeJob(id, body);
    expect([refused.status, refused.body.code, refused.body.errors?.[0]?.at]).toEqual([400, 'requestInvalid', at]);
  });

  it('finds jobs by words of name and note', async () => {
    const ids = [];
    for (const name of ['control 1', 'treated 1', 'control 2']) ids.push((await make({ name })).id);
    await describeJob(ids[1]!, { note: 'as control' });
    await make({ name: 'control' }, 'omar');
    const found = async (query: string) => (await api.call<JobPage>('GET', `/v1/jobs?${query}`)).body;
    expect((await found('search=Control')).items.map(({ id }) => id)).toEqual([ids[2], ids[1], ids[0]]);
    const first = await found('search=control+1&limit=1');
    expect(first.items.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await found(`search=control+1&cursor=${first.cursor}`)).items.map(({ id }) => id)).toEqual([ids[0]]);
  });
});

describe('making and showing jobs', () => {
  it('makes a job with the default model', async () => {
    const { status, body } = await api.call<JobView>('POST', '/v1/jobs', {
      body: { source: 'files', name: 'Größe #1 / 50 %' },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[a-z0-9-]{8,40}$/),
      name: 'Größe #1 / 50 %',
      source: 'files',
      settings: { model: { name: 'nuclei', sha256 }, probabilities: false },
      state: 'uploading',
      sealed: false,
      counts: { expected: 0, done: 0, failed: 0, leftOut: 0, pending: 0 },
      bytes: 0,
      generation: 1,
      retryable: false,
      createdAt: '2026-01-01T00:00:00.000Z',
      changedAt: '2026-01-01T00:00:00.000Z',
    });
    expect((await api.call<JobView>('GET', `/v1/jobs/${body.id}`)).body).toEqual(body);
  });

  it('keeps the ring and the rules for positive objects as chosen', async () => {
    const positive = [
      { channel: 'GFP', threshold: 'otsu' as const },
      { channel: 2, threshold: 800.5 },
      { channel: 'c-Fos', threshold: 'bg+2.5' as const },
    ];
    expect((await make({ ring: 2.5, positive })).settings).toEqual({
      model: { name: 'nuclei', sha256 },
      ring: 2.5,
      positive,
      probabilities: false,
    });
  });

  it.each([
    ['a ring of less than a pixel', { ring: 0.5 }],
    ['a ring that is too wide', { ring: 501 }],
    ['a scale that is no whole factor', { scale: 1.5 }],
    ['a scale that leaves nothing', { scale: 17 }],
    ['a size below 0', { minSize: -1 }],
    ['no rule', { positive: [] }],
    ['a word that is no threshold', { positive: [{ channel: 'GFP', threshold: 'high' as never }] }],
    ['seven rules', { positive: [0, 1, 2, 3, 4, 5, 6].map((channel) => ({ channel, threshold: 1 })) }],
  ])('refuses %s', async (_, change) => {
    const body = { source: 'files', name: 'plate 1', ...change };
    const answer = await api.call<ProblemView>('POST', '/v1/jobs', { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'requestInvalid' } });
  });

  it('keeps what is set of how objects are found', async () => {
    const chosen = { threshold: 0.35, minSize: 0, invert: true, scale: 2 };
    expect((await make(chosen)).settings).toEqual({
      model: { name: 'nuclei', sha256 },
      ...chosen,
      probabilities: false,
    });
  });

  it('refuses a scale beside a diameter', async () => {
    const body = { source: 'files', name: 'x', scale: 2, diameter: 40 };
    const answer = await api.call<ProblemView>('POST', '/v1/jobs', { body });
    expect([answer.status, answer.body.code]).toEqual([422, 'scaleTwice']);
  });

  it('keeps model, channel and probabilities as chosen', async () => {
    const byName = await make({ model: 'cells', channel: 'DAPI', probabilities: true });
    expect(byName.settings).toEqual({ model: { name: 'cells', sha256 }, channel: 'DAPI', probabilities: true });
    expect((await make({ channel: 2 })).settings.channel).toBe(2);
  });

  it.each(['T', 'CT', 'C2T3', 'TZCYX'])('keeps the axes %s', async (axes) => {
    expect((await make({ axes })).settings.axes).toBe(axes);
  });
  it.each(['', 'TT', 'X', 't', 'C0', 'TZCPT', 'T 2'])('refuses the axes %j', async (axes) => {
    const body = { source: 'files', name: 'x', axes };
    const answer = await api.call<ProblemView>('POST', '/v1/jobs', { body });
    expect([answer.status, answer.body.errors?.map(({ at }) => at)]).toEqual([400, ['body.axes']]);
  });

  it('makes a job for one zip, whose size it shows until it is unpacked', async () => {
    expect(await make({ source: 'zip', archiveBytes: 123_456 })).toMatchObject({ source: 'zip', bytes: 123_456 });
  });

  it('refuses a model that is not there', async () => {
    const { status, body } = await api.call<ProblemView>('POST', '/v1/jobs', {
      body: { source: 'files', name: 'x', model: 'rare' },
    });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: 'urn:labdeploy:problem:modelMissing',
      code: 'modelMissing',
      detail: "there is no model 'rare'; choose one of the list of models",
      instance: '/v1/jobs',
    });
  });

  it('refuses a channel that is to be positive by two thresholds', async () => {
    const positive = [
      { channel: 'GFP', threshold: 'otsu' },
      { channel: 'gfp', threshold: 800 },
    ];
    const { status, body } = await api.call<ProblemView>('POST', '/v1/jobs', {
      body: { source: 'files', name: 'x', positive },
    });
    expect([status, body.code]).toEqual([422, 'positiveTwice']);
  });

  it('lists one’s own jobs newest first, in pages', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) {
      await make({ name });
      api.clock.advance(1);
    }
    await make({ name: 'other' }, 'omar');
    const seen: string[] = [];
    let query = '?limit=2';
    for (;;) {
      const { body } = await api.call<JobPage>('GET', `/v1/jobs${query}`);
      seen.push(...body.items.map(({ name }) => name));
      if (body.cursor === undefined) break;
      query = `?limit=2&cursor=${encodeURIComponent(body.cursor)}`;
    }
    expect(seen).toEqual([...names].reverse());
  });
});

describe('submitting a folder', () => {
  it('closes the list of files and leaves their messages to the events of their arrival', async () => {
    const { id } = await make();
    await upload(id, ['a.tif', 'b.tif']);
    const before = await api.ports.queue.depth('files');
    const { status, body } = await api.call<JobView>('POST', `/v1/jobs/${id}/submit`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'processing', sealed: true, bytes: 2, counts: { expected: 2, pending: 2 } });
    expect(before).toEqual({ waiting: 2, hidden: 0, dead: 0 });
    expect(await api.ports.queue.depth('files')).toEqual(before);
  });

  it('sends a folder to packaging at once when every file ended before the submit', async () => {
    const { id } = await make();
    await upload(id, ['a.tif']);
    await api.ports.jobs.finishFile({ owner: 'olga', id }, 'a.tif', { state: 'done' });
    expect((await api.call<JobView>('POST', `/v1/jobs/${id}/submit`)).body.state).toBe('packaging');
    expect((await api.ports.queue.depth('zips')).waiting).toBe(1);
  });

  it('answers a second submit as the first', async () => {
    const { id } = await make();
    await upload(id, ['a.tif']);
    await api.call('POST', `/v1/jobs/${id}/submit`);
    const { status, body } = await api.call<JobView>('POST', `/v1/jobs/${id}/submit`);
    expect([status, body.state]).toEqual([200, 'processing']);
  });

  it('refuses while files are missing, names the first hundred and counts them all', async () => {
    const { id } = await make();
    const paths = Array.from({ length: 130 }, (_, i) => `f${String(i).padStart(3, '0')}.tif`);
    await upload(id, ['é/z.tif', ...paths], { except: paths });
    const { status, body } = await api.call<ProblemView>('POST', `/v1/jobs/${id}/submit`);
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: 'uploadsMissing', missingCount: 130, missing: paths.slice(0, 100) });
    expect(body.detail).toContain('{"missing": "fail"}');
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body).toMatchObject({
      state: 'uploading',
      sealed: false,
    });
  });

  it('goes on without the missing files when told to, and they can be sent and retried later', async () => {
    const { id } = await make();
    await upload(id, ['a.tif', 'b.tif', 'c.tif'], { except: ['b.tif'] });
    const { body } = await api.call<JobView>('POST', `/v1/jobs/${id}/submit`, { body: { missing: 'fail' } });
    expect(body).toMatchObject({ state: 'processing', counts: { expected: 3, failed: 1, pending: 2 } });
    const failed = await api.call('GET', `/v1/jobs/${id}/files?state=failed`);
    expect(failed.body).toEqual({
      items: [
        {
          path: 'b.tif',
          bytes: 1,
          state: 'failed',
          failure: {
            code: 'uploadMissing',
            message: 'the image is not there: it never arrived, or was sent so long ago that it is no longer kept',
            next: 'send it in a new job',
          },
        },
      ],
    });
    await finish(id, { 'a.tif': 'done', 'c.tif': 'done' });
    await upload(id, ['b.tif']);
    const retried = await api.call<JobView>('POST', `/v1/jobs/${id}/retry`);
    expect(retried.body).toMatchObject({ state: 'processing', generation: 2, counts: { pending: 1, failed: 0 } });
  });

  it('refuses a job without files', async () => {
    const { id } = await make();
    const { status, body } = await api.call<ProblemView>('POST', `/v1/jobs/${id}/submit`);
    expect([status, body.code]).toEqual([409, 'jobEmpty']);
  });

  it('sends a zip to be unpacked once it has arrived', async () => {
    const { id } = await make({ source: 'zip', archiveBytes: 1 });
    const early = await api.call<ProblemView>('POST', `/v1/jobs/${id}/submit`);
    expect([early.status, early.body.code]).toEqual([409, 'uploadsMissing']);
    await upload(id, ['my folder.ZIP']);
    const { body } = await api.call<JobView>('POST', `/v1/jobs/${id}/submit`);
    expect(body).toMatchObject({ state: 'processing', sealed: false });
    const [message] = await api.ports.queue.receive('unzip', { max: 5, visibilitySeconds: 60 });
    expect(message?.body).toEqual({ owner: 'olga', id, archive: 'archive.zip' });
    expect(await api.ports.objects.head({ bucket: 'uploads', key: `olga/${id}/archive.zip` })).toMatchObject({
      bytes: 1,
    });
  });
});

describe('retry, cancel and delete', () => {
  it('retries what failed and says when there is nothing to', async () => {
    const { id } = await make();
    await upload(id, ['a.tif', 'b.tif']);
    await api.call('POST', `/v1/jobs/${id}/submit`);
    const early = await api.call<ProblemView>('POST', `/v1/jobs/${id}/retry`);
    expect([early.status, early.body.code]).toEqual([409, 'nothingToRetry']);
    await finish(id, { 'a.tif': 'done', 'b.tif': 'failed' });
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body).toMatchObject({
      state: 'completed',
      retryable: true,
      counts: { done: 1, failed: 1 },
    });
    const { body } = await api.call<JobView>('POST', `/v1/jobs/${id}/retry`);
    expect(body).toMatchObject({
      state: 'processing',
      generation: 2,
      retryable: false,
      counts: { done: 1, pending: 1 },
    });
    await finish(id, { 'b.tif': 'done' });
    const late = await api.call<ProblemView>('POST', `/v1/jobs/${id}/retry`);
    expect([late.status, late.body.code]).toEqual([409, 'nothingToRetry']);
  });

  it('cancels once, again without harm, and never what has ended', async () => {
    const { id } = await make();
    expect((await api.call<JobView>('POST', `/v1/jobs/${id}/cancel`)).body.state).toBe('cancelled');
    expect((await api.call<JobView>('POST', `/v1/jobs/${id}/cancel`)).status).toBe(200);
    for (const [method, path, body] of [
      ['POST', 'submit', {}],
      ['POST', 'uploads', { files: [{ path: 'a.tif', bytes: 1 }] }],
    ] as const) {
      const refused = await api.call<ProblemView>(method, `/v1/jobs/${id}/${path}`, { body });
      expect([refused.status, refused.body.code]).toEqual([409, 'jobEnded']);
    }
    const other = await make();
    await upload(other.id, ['a.tif']);
    await api.call('POST', `/v1/jobs/${other.id}/submit`);
    await finish(other.id, { 'a.tif': 'done' });
    const ended = await api.call<ProblemView>('POST', `/v1/jobs/${other.id}/cancel`);
    expect(ended.body).toMatchObject({ code: 'jobEnded', detail: 'it is completed; make a new job' });
  });

  it('deletes a job with everything of it, and nothing of its neighbour', async () => {
    const { id } = await make();
    const neighbour = await make();
    for (const job of [id, neighbour.id]) await upload(job, ['a.tif']);
    for (const bucket of jobBuckets) {
      await api.ports.objects.put({ bucket, key: `olga/${id}/x/y` }, Buffer.from('x'));
      await api.ports.objects.put({ bucket, key: `olga/${neighbour.id}/x/y` }, Buffer.from('x'));
    }
    const files = [{ path: 'large.tif', bytes: 200_000_000 }];
    await api.call('POST', `/v1/jobs/${id}/uploads`, { body: { files } });

    expect((await api.call('DELETE', `/v1/jobs/${id}`)).status).toBe(204);
    for (const bucket of jobBuckets) {
      const keys = (await api.ports.objects.list(bucket, '')).objects.map(({ key }) => key);
      expect(keys.filter((key) => key.includes(id))).toEqual([]);
      expect(keys).toContain(`olga/${neighbour.id}/x/y`);
    }
    for (const method of ['GET', 'DELETE']) {
      const gone = await api.call<ProblemView>(method, `/v1/jobs/${id}`);
      expect([gone.status, gone.body.code]).toEqual([404, 'jobMissing']);
    }
    expect((await api.call('GET', `/v1/jobs/${neighbour.id}`)).status).toBe(200);
  });
});

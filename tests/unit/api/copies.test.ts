import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { type ApiService, apiService } from '../../support/api-service.ts';
import { bytesOf } from '../../support/bytes.ts';

let api: ApiService;
beforeEach(async () => {
  api = await apiService({ budget: 10_000 });
});
afterEach(() => api[Symbol.asyncDispose]());

const ref = (id: string) => ({ owner: 'olga', id });

/** A job whose images are there, sealed. */
async function sent(images: Record<string, string>): Promise<JobView> {
  const { body: job } = await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'plate 1' } });
  const files = Object.entries(images).map(([path, text]) => ({ path, bytes: text.length }));
  await api.ports.jobs.expect(ref(job.id), files);
  for (const [path, text] of Object.entries(images))
    await api.ports.objects.put(inputRef(ref(job.id), path), Buffer.from(text));
  return (await api.call<JobView>('POST', `/v1/jobs/${job.id}/submit`, {})).body;
}

const again = <T = JobView>(from: string, change: object = {}, as = 'olga', key?: string) =>
  api.call<T>('POST', '/v1/jobs', {
    as,
    body: { source: 'job', from, name: 'plate 1', ...change },
    ...(key !== undefined && { headers: { 'Idempotency-Key': key } }),
  });

/** Does what unzip does with its messages. */
async function copyAll(): Promise<void> {
  for (const { body, receipt } of await api.ports.queue.receive('unzip', { max: 10, visibilitySeconds: 30 })) {
    await unpack(body, api.ports);
    await api.ports.queue.acknowledge('unzip', [receipt]);
  }
}

const inputOf = async (id: string, path: string) =>
  (await bytesOf(await api.ports.objects.get(inputRef(ref(id), path)))).toString();

describe('a job of the images of another', () => {
  it('has them and its own settings, and its files are to be predicted, with nothing sent', async () => {
    const first = await sent({ 'a.tif': 'aaaa', 'day 2/b.tif': 'bb' });
    const { status, body } = await again(first.id, { threshold: 0.3, model: 'cells' });
    expect([status, body]).toMatchObject([
      201,
      {
        source: 'job',
        from: { job: first.id },
        settings: { model: { name: 'cells' }, threshold: 0.3 },
        state: 'processing',
        sealed: false,
      },
    ]);
    await api.ports.queue.receive('files', { max: 10, visibilitySeconds: 600 }); // of the first job
    await copyAll();
    const { body: shown } = await api.call<JobView>('GET', `/v1/jobs/${body.id}`);
    expect(shown).toMatchObject({ sealed: true, counts: { expected: 2, pending: 2 }, bytes: 6 });
    expect([await inputOf(body.id, 'a.tif'), await inputOf(body.id, 'day 2/b.tif')]).toEqual(['aaaa', 'bb']);
    const messages = await api.ports.queue.receive('files', { max: 10, visibilitySeconds: 30 });
    expect(messages.map((message) => message.body.path).sort()).toEqual(['a.tif', 'day 2/b.tif']);
    expect(new Set(messages.map((message) => message.body.id))).toEqual(new Set([body.id]));
  });

  it('keeps them when the first job is deleted, and the first keeps its own when the copy is', async () => {
    const first = await sent({ 'a.tif': 'aaaa' });
    const second = (await again(first.id)).body;
    const third = (await again(first.id)).body;
    await copyAll();
    await api.call('DELETE', `/v1/jobs/${third.id}`);
    expect(await inputOf(first.id, 'a.tif')).toBe('aaaa');
    await api.call('DELETE', `/v1/jobs/${first.id}`);
    expect(await inputOf(second.id, 'a.tif')).toBe('aaaa');
    expect((await again(first.id)).status).toBe(404);
    expect((await again(second.id)).status).toBe(201); // and it can be run again
  });

  it('can have one of them, to try settings, of which nobody is notified', async () => {
    const first = await sent({ 'a.tif': 'aaaa', 'b.tif': 'bb' });
    const { body } = await again(first.id, { path: 'b.tif', trial: true, probabilities: true });
    expect(body).toMatchObject({ from: { job: first.id, path: 'b.tif' }, trial: true });
    await copyAll();
    expect((await api.call<JobView>('GET', `/v1/jobs/${body.id}`)).body.counts.expected).toBe(1);
    const missing = await again<ProblemView>(first.id, { path: 'c.tif' });
    expect([missing.status, missing.body.code]).toEqual([404, 'fileMissing']);
  });

  it('is made once for a repeated request, and its copy is begun again where that was lost', async () => {
    const first = await sent({ 'a.tif': 'aaaa' });
    const made = (await again(first.id, {}, 'olga', 'key-12345678')).body;
    expect((await again(first.id, {}, 'olga', 'key-12345678')).body.id).toBe(made.id);
    await copyAll();
    expect(await inputOf(made.id, 'a.tif')).toBe('aaaa');
  });

  it.each([
    ['of another owner', 'bert', 404, 'jobMissing'],
    ['whose list is open', 'olga', 409, 'listOpen'],
  ])('is refused for a job %s', async (_, as, status, code) => {
    const { id } =
      code === 'listOpen'
        ? (await api.call<JobView>('POST', '/v1/jobs', { body: { source: 'files', name: 'open' } })).body
        : await sent({ 'a.tif': 'a' });
    const answer = await again<ProblemView>(id, {}, as);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is refused by name where the images are no longer kept, and says what to do', async () => {
    const first = await sent({ 'a.tif': 'aaaa' });
    await api.ports.objects.removeAll('inputs', `olga/${first.id}/`);
    for (const change of [{}, { path: 'a.tif' }]) {
      const answer = await again<ProblemView>(first.id, change);
      expect([answer.status, answer.body.code]).toEqual([409, 'inputsGone']);
      expect(answer.body.detail).toBe(
        `the images of job ${first.id} were sent so long ago that they are no longer kept; send them in a new job`,
      );
    }
  });

  it('is refused where its copies do not fit the disk budget, and the budget is free again when it is deleted', async () => {
    const first = await sent({ 'a.tif': 'a'.repeat(4000) });
    const second = (await again(first.id)).body;
    await copyAll();
    expect((await again<ProblemView>(first.id)).body.code).toBe('noRoom');
    await api.call('DELETE', `/v1/jobs/${second.id}`);
    expect((await again(first.id)).status).toBe(201);
  });

  it('counts against the bytes and jobs of the day', async () => {
    await api[Symbol.asyncDispose]();
    api = await apiService({ plan: { bytesPerDay: 10 } });
    const first = await sent({ 'a.tif': 'aaaaaa' });
    expect((await again(first.id)).status).toBe(201);
    expect((await again<ProblemView>(first.id)).body.code).toBe('overDay');
  });
});

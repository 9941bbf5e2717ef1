import { afterEach, describe, expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Me } from '../../../functions/contract/service.ts';
import type { UploadAnswers } from '../../../functions/contract/uploads.ts';
import { onePersonPlans } from '../../../functions/core/plans.ts';
import { type ApiService, type ApiServiceOptions, apiService } from '../../support/api-service.ts';

let api: ApiService;
afterEach(() => api[Symbol.asyncDispose]());
const start = async (plan: NonNullable<ApiServiceOptions['plan']> = {}) => {
  api = await apiService({ plan });
};

const newJob = { source: 'files', name: 'plate' };
const make = (body: Record<string, unknown> = newJob, headers: Record<string, string> = {}) =>
  api.call<JobView & ProblemView>('POST', '/v1/jobs', { body, headers });
const name = (id: string, files: { path: string; bytes: number }[]) =>
  api.call<UploadAnswers & ProblemView>('POST', `/v1/jobs/${id}/uploads`, { body: { files } });
const me = async () => (await api.call<Me>('GET', '/v1/me')).body;

describe('plans', () => {
  it('limit the jobs at once; one that ends makes room', async () => {
    await start({ jobsAtOnce: 2 });
    const { id } = (await make()).body;
    await make();
    const { status, body } = await make();
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'overPlan', quota: 'jobsAtOnce', limit: 2, used: 2 });
    expect(body.detail).toBe('jobs that have not ended: 3 of 2; wait until one of them ends, or cancel or delete one');
    expect((await api.call<JobView>('POST', '/v1/jobs', { as: 'omar', body: newJob })).status).toBe(201);
    await api.call('POST', `/v1/jobs/${id}/cancel`);
    expect((await make()).status).toBe(201);
  });

  it('let no more in when many ask at once', async () => {
    await start({ jobsAtOnce: 3 });
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => make()))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect((await me()).usage).toMatchObject({ jobsAtOnce: 3, jobsToday: 3 });
  });

  it('limit the jobs of a day, which begins anew at midnight in UTC', async () => {
    await start({ jobsPerDay: 1 });
    await make();
    const { status, body, headers } = await make();
    expect([status, body.code, body.quota, body.limit, body.used]).toEqual([429, 'overDay', 'jobsPerDay', 1, 1]);
    expect(headers.get('retry-after')).toBe(String(24 * 3600));
    api.clock.advance(24 * 3600);
    expect((await make()).status).toBe(201);
  });

  it('of a machine with one person limit neither the jobs at once nor those of a day', async () => {
    const { jobsAtOnce, jobsPerDay, bytesPerDay } = onePersonPlans.standard;
    await start({ jobsAtOnce, jobsPerDay, bytesPerDay });
    const limits = { jobsAtOnce: 2 ** 53 - 1, jobsPerDay: 2 ** 53 - 1, bytesPerDay: 2 ** 53 - 1 };
    expect((await me()).limits).toMatchObject(limits);
    expect((await make()).status).toBe(201);
  });

  it('limit the files of a job, all together, and register none of what is too much', async () => {
    await start({ filesPerJob: 3 });
    const { id } = (await make()).body;
    const files = ['a.tif', 'b.tif'].map((path) => ({ path, bytes: 1 }));
    expect((await name(id, files)).status).toBe(200);
    const over = await name(id, [...files, { path: 'c.tif', bytes: 1 }, { path: 'd.tif', bytes: 1 }]);
    expect([over.status, over.body.code, over.body.quota, over.body.used]).toEqual([403, 'overPlan', 'filesPerJob', 2]);
    expect((await name(id, [...files, { path: 'c.tif', bytes: 1 }])).status).toBe(200);
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body.counts.expected).toBe(3);
  });

  it('limit the images of a job: what is left out or not sent does not count, whenever it is named', async () => {
    await start({ filesPerJob: 2, bytesPerFile: 10 });
    const { id } = (await make()).body;
    const others = [
      { path: 'notes.txt', bytes: 1 },
      { path: 'plate.xml', bytes: 1 },
      { path: 'large.tif', bytes: 11 },
      { path: 'a (2).tif', bytes: 1, notSent: 'namedTwice' },
    ];
    expect((await name(id, others)).status).toBe(200);
    expect((await name(id, [{ path: 'a.tif', bytes: 1 }])).status).toBe(200);
    expect((await name(id, [{ path: 'b.tif', bytes: 1 }])).status).toBe(200);
    const over = await name(id, [{ path: 'c.tif', bytes: 1 }]);
    expect([over.status, over.body.quota, over.body.used]).toEqual([403, 'filesPerJob', 2]);
    expect((await name(id, [{ path: 'more.txt', bytes: 1 }])).status).toBe(200);
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body.counts).toMatchObject({ expected: 7, leftOut: 3 });
  });

  it('limit the bytes of a file, by file, and of a day, by call', async () => {
    await start({ bytesPerFile: 10, bytesPerDay: 25 });
    const { id } = (await make()).body;
    const { body } = await name(id, [
      { path: 'large.tif', bytes: 11 },
      { path: 'a.tif', bytes: 10 },
      { path: 'b.tif', bytes: 10 },
    ]);
    expect(body.files.map(({ state }) => state)).toEqual(['refused', 'put', 'put']);
    expect(body.files[0]).toMatchObject({ code: 'fileTooLarge', message: expect.stringContaining('10 a file') });
    expect((await name(id, [{ path: 'a.tif', bytes: 10 }])).status).toBe(200); // counted already
    const over = await name(id, [
      { path: 'c.tif', bytes: 1 },
      { path: 'd.tif', bytes: 5 },
    ]);
    expect([over.status, over.body.code, over.body.quota, over.body.used]).toEqual([429, 'overDay', 'bytesPerDay', 20]);
    expect((await me()).usage.bytesToday).toBe(20);
    expect((await api.call<JobView>('GET', `/v1/jobs/${id}`)).body.counts).toMatchObject({ expected: 3, failed: 1 });
  });

  it('count a zip once, when its job is made', async () => {
    await start({ bytesPerArchive: 100, bytesPerDay: 150 });
    const zip = (archiveBytes: number) => make({ source: 'zip', name: 'z', archiveBytes });
    const { body } = await zip(100);
    expect((await me()).usage.bytesToday).toBe(100);
    for (let i = 0; i < 3; i++) expect((await name(body.id, [{ path: 'z.zip', bytes: 100 }])).status).toBe(200);
    expect((await me()).usage.bytesToday).toBe(100);
    expect((await zip(101)).body).toMatchObject({ code: 'overPlan', quota: 'bytesPerArchive' });
    expect((await zip(51)).body).toMatchObject({ code: 'overDay', quota: 'bytesPerDay' });
    expect((await me()).usage).toMatchObject({ jobsToday: 1, jobsAtOnce: 1 });
  });
});

describe('the rate', () => {
  it('is a bucket an owner, and the answer says when to come again', async () => {
    await start({ rate: { perSecond: 2, burst: 3 } });
    const ask = async (as = 'olga') => (await api.call('GET', '/v1/models', { as })).status;
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);
    expect(await ask('omar')).toBe(200);
    const { body, headers } = await api.call<ProblemView>('GET', '/v1/models');
    expect([body.code, headers.get('retry-after')]).toEqual(['tooFast', '1']);
    api.clock.advance(1);
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
    api.clock.advance(3600);
    expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);
  });
});

describe('an Idempotency-Key', () => {
  it('makes one job however often it comes, and answers alike', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'f5b2' };
    const first = await make(newJob, headers);
    const again = await make(newJob, headers);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    expect([first, again].map((reply) => reply.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect((await me()).usage).toMatchObject({ jobsAtOnce: 1, jobsToday: 1 });
    expect((await make(newJob, { 'Idempotency-Key': 'another' })).body.id).not.toBe(first.body.id);
  });

  it('lets one of many at once through; the others must wait or get its answer', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'k' };
    const replies = await Promise.all(Array.from({ length: 10 }, () => make(newJob, headers)));
    for (const { status, body } of replies) {
      if (status === 201) expect(body.id).toBe(replies.find((each) => each.status === 201)!.body.id);
      else expect([status, body.code]).toEqual([409, 'requestRunning']);
    }
    expect((await me()).usage.jobsAtOnce).toBe(1);
  });

  it('is refused for another body, and good again after a day', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'k' };
    const first = await make(newJob, headers);
    const other = await make({ ...newJob, name: 'other' }, headers);
    expect([other.status, other.body.code]).toEqual([422, 'keyReused']);
    api.clock.advance(24 * 3600 + 1);
    const later = await make({ ...newJob, name: 'other' }, headers);
    expect(later.status).toBe(201);
    expect(later.body.id).not.toBe(first.body.id);
  });

  it('finds the job of a process that died before it could answer', async () => {
    await start();
    const headers = { 'Idempotency-Key': 'k' };
    const { keep } = api.services.answers;
    api.services.answers.keep = async () => {
      throw new Error('the process dies here');
    };
    expect((await make(newJob, headers)).status).toBe(500);
    api.services.answers.keep = keep;
    const soon = await make(newJob, headers);
    expect([soon.status, soon.body.code, soon.headers.get('retry-after')]).toEqual([409, 'requestRunning', '1']);
    api.clock.advance(61);
    expect((await make(newJob, headers)).status).toBe(201);
    expect((await me()).usage).toMatchObject({ jobsAtOnce: 1, jobsToday: 1 });
  });

  it('is free again after a problem', async () => {
    await start();
    const { id } = (await make()).body;
    const submit = () =>
      api.call<ProblemView>('POST', `/v1/jobs/${id}/submit`, { headers: { 'Idempotency-Key': 'k' } });
    expect((await submit()).body.code).toBe('jobEmpty');
    await api.ports.jobs.expect({ owner: 'olga', id }, [{ path: 'a.tif', bytes: 1 }]);
    expect((await submit()).body.code).toBe('uploadsMissing');
    await api.ports.jobs.finishFile({ owner: 'olga', id }, 'a.tif', { state: 'done' });
    expect((await submit()).status).toBe(200);
    const replayed = await submit();
    expect([replayed.status, replayed.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  });

  it.each(['', 'x'.repeat(201), 'two words'])('is no key when it is %j', async (key) => {
    await start();
    const { status, body } = await make(newJob, { 'Idempotency-Key': key });
    expect([status, body.code]).toEqual([400, 'requestInvalid']);
  });
});

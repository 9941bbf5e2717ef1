import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { Browser } from '../support/browser.ts';
import { cli, type Finished, jsonLines, startCli } from '../support/cli.ts';
import { lineWith, type RunningService, startService } from '../support/local-service.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';
import { until } from '../support/until.ts';

describe('labdeploy submit to a service on this machine', () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let env: NodeJS.ProcessEnv;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeAll(async () => {
    folder = await temporaryFolder();
    env = { XDG_CONFIG_HOME: at('config') };
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    service = await startService(['--data', at('data')]);
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await folder[Symbol.asyncDispose]();
  });

  const submit = (...args: string[]) => startCli(['submit', ...args, '--url', service.origin, '--json'], { env });

  /** What the person does in a browser: opens the printed link of the service, then the one of submit, and says yes. */
  async function confirmInBrowser({ code }: { code: string }) {
    const browser = new Browser(service.origin);
    await browser.open(service.url);
    const asked = await browser.submit(await browser.open('/auth/device'), { user_code: code });
    return browser.submit(asked, { confirm: 'yes' });
  }

  const resultsOf = async (out: string) => {
    const { 'manifest.json': _, ...tree } = await treeOf(at(out)); // names the job
    return tree;
  };

  it('signs in by a code, sends, waits, and brings what run gives, byte for byte', async () => {
    const running = submit(at('samples/images'), '-o', at('submitted'));
    const asked = (await lineWith(running, 'submit.signIn')) as { code: string };
    expect((await confirmInBrowser(asked)).text).toContain('The program is connected');
    const { code, stdout } = await running.finished;
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, expect.stringContaining('"event":"submit.done"')]);
    expect((await cli(['run', at('samples/images'), '-o', at('run')])).code).toBe(0);
    expect(await resultsOf('submitted')).toEqual(await resultsOf('run'));
  }, 90_000);

  it('stays signed in for the next command', async () => {
    const { code, stdout } = await submit(at('samples/experiment.zip'), '-o', at('zip')).finished;
    expect(stdout).not.toContain('submit.signIn');
    expect([code, stdout.split('\n').at(-2)]).toEqual([0, expect.stringContaining('"event":"submit.done"')]);
    expect(Object.keys(await resultsOf('zip'))).toContain('experiment/day 1/field 1_labels.tif');
  }, 60_000);

  it('continues an interrupted submit with the same job, sending only what is missing', async () => {
    const first = submit(at('samples/images'), '-o', at('resumed'));
    await lineWith(first, 'submit.uploading');
    first.child.kill('SIGKILL');
    await first.finished;
    const { code, stdout } = await submit(at('samples/images'), '-o', at('resumed')).finished;
    expect(code).toBe(0);
    const started = jsonLines(stdout).find(({ event }) => event === 'submit.started');
    expect(started).toMatchObject({ continued: true });
    expect(await resultsOf('resumed')).toEqual(await resultsOf('run'));
  }, 60_000);

  it('begins a new job for other bytes of the same names, and says before what it does not send', async () => {
    await mkdir(at('day'));
    for (const name of ['a.tif', 'b.tif'])
      await writeFile(at('day', name), await readFile(at('samples/images/sparse.tif')));
    await writeFile(at('day/more.zip'), 'x');
    const send = () => submit(at('day'), '-o', at('day-results'), '--no-wait');
    const first = jsonLines((await send().finished).stdout);
    expect(first.find(({ event }) => event === 'submit.notSent')).toMatchObject({
      files: [{ path: 'more.zip', bytes: 1, reason: 'notImage' }],
    });
    const { mtime } = await stat(at('day/b.tif'));
    const other = await readFile(at('samples/images/sparse.tif'));
    other[other.length - 1]! ^= 1;
    await writeFile(at('day/b.tif'), other);
    await utimes(at('day/b.tif'), mtime, mtime);
    const second = jsonLines((await send().finished).stdout);
    expect(second.find(({ event }) => event === 'submit.changed')).toMatchObject({
      files: [{ path: 'b.tif', how: 'bytes' }],
    });
    const job = (lines: Record<string, unknown>[]) => lines.find(({ event }) => event === 'submit.started')!.job;
    expect(job(second)).not.toBe(job(first));
    const listed = jsonLines((await jobs('show', String(job(second)))).stdout);
    expect(listed).toMatchObject([{ job: { counts: { expected: 3 }, announced: 3 } }]);
    for (const id of [job(first), job(second)]) await jobs('delete', String(id), '--yes');
  }, 60_000);

  it('sends nothing where the results would replace those of another job or of a run, until --overwrite', async () => {
    const before = await treeOf(at('submitted'));
    const refused = async (out: string) =>
      jsonLines((await submit(at('samples/images'), '-o', at(out)).finished).stdout);
    const other = { event: 'error', code: 'outputTaken', exit: 3 };
    const [again, ...more] = await refused('submitted'); // its job has ended: the same command begins another
    expect(again).toMatchObject({ ...other, why: expect.stringMatching(/ and this command begins a new job$/) });
    expect(more).toEqual([]);
    expect(await refused('run')).toMatchObject([{ ...other, why: 'its results are of labdeploy run' }]);
    expect(await cli(['run', at('samples/images'), '-o', at('submitted'), '--json'])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('"code":"outputTaken"'),
    });
    expect(await treeOf(at('submitted'))).toEqual(before);
    const { code, stdout } = await submit(at('samples/images'), '-o', at('submitted'), '--overwrite').finished;
    const done = jsonLines(stdout).at(-1)!;
    expect([code, done.event]).toEqual([0, 'submit.done']);
    await jobs('delete', String(done.job), '--yes');
  }, 90_000);

  it.each(['../me', '..', 'a/../../me'])('shows no other resource for the id %s', async (id) => {
    expect(await jobs('show', id)).toMatchObject({ code: 3, stdout: expect.stringContaining('jobMissing') });
  });

  const jobs = async (...args: string[]): Promise<Finished> =>
    cli(['jobs', ...args, '--url', service.origin, '--json'], { env });

  it('lists, shows, downloads and deletes jobs', async () => {
    const [{ jobs: listed }] = jsonLines((await jobs('list')).stdout) as unknown as [
      { jobs: { id: string; name: string; state: string }[] },
    ];
    expect(listed.map(({ name, state }) => [name, state])).toEqual([
      ['images', 'completed'],
      ['experiment', 'completed'],
      ['images', 'completed'],
    ]);
    const { id } = listed[1]!;
    expect(jsonLines((await jobs('show', id)).stdout)).toMatchObject([
      { job: { id, counts: { expected: 2, done: 2 } }, failed: [] },
    ]);
    expect((await jobs('download', id, '-o', at('again'))).code).toBe(0);
    expect(await treeOf(at('again'))).toEqual(await treeOf(at('zip')));
    expect(await jobs('delete', id)).toMatchObject({ code: 4, stdout: expect.stringContaining('--yes') });
    expect((await jobs('delete', id, '--yes')).code).toBe(0);
    expect(await jobs('show', id)).toMatchObject({ code: 3, stdout: expect.stringContaining('jobMissing') });
    const [newest, , oldest] = listed.map((each) => each.id);
    await jobs('rename', oldest!, 'section 4');
    expect(jsonLines((await jobs('note', oldest!, 'left side')).stdout)).toMatchObject([
      { event: 'jobs.described', job: { id: oldest, name: 'section 4', note: 'left side' } },
    ]);
    const [{ jobs: found }] = jsonLines((await jobs('list', '--search', 'LEFT 4')).stdout) as unknown as [
      { jobs: { id: string }[] },
    ];
    expect(found.map((each) => each.id)).toEqual([oldest]);
    expect(jsonLines((await jobs('delete', oldest!, 'no-such-job', '--yes')).stdout)).toMatchObject([
      { event: 'error', code: 'jobMissing' },
    ]);
    expect((await jobs('show', oldest!)).code).toBe(0); // nothing went, as one of them is not there
    expect(await jobs('retry', newest!)).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('nothingToRetry'),
    });
    expect(jsonLines((await jobs('delete', newest!, oldest!, '--yes')).stdout)).toMatchObject([
      { job: newest, state: 'deleted' },
      { job: oldest, state: 'deleted' },
    ]);
  }, 60_000);

  it('runs a job again with other settings, with nothing sent, to what run gives with them', async () => {
    const { stdout } = await submit(at('samples/images'), '-o', at('first-settings')).finished;
    const from = String(jsonLines(stdout).find(({ event }) => event === 'submit.started')!.job);
    const args = ['--threshold', '0.9', '--min-size', '40'];
    const [made] = jsonLines((await jobs('rerun', from, '--name', 'strict', ...args)).stdout);
    expect(made).toMatchObject({ event: 'jobs.rerun', from, state: 'processing' });
    const id = String(made!.job);
    await until('the new job ends', async () => (await jobs('show', id)).stdout.includes('"completed"') || undefined);
    expect((await jobs('download', id, '-o', at('strict'))).code).toBe(0);
    expect((await cli(['run', at('samples/images'), '-o', at('run-strict'), ...args])).code).toBe(0);
    expect(await resultsOf('strict')).toEqual(await resultsOf('run-strict'));
    expect(await resultsOf('strict')).not.toEqual(await resultsOf('run'));
    expect(await jobs('rerun', 'no-such-job-1')).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('jobMissing'),
    });
  }, 120_000);

  it('names a token that is not taken, and a service that is not there', async () => {
    const forged = await cli(['jobs', 'list', '--url', service.origin, '--json'], {
      env: { LABDEPLOY_TOKEN: 'x.y.z' },
    });
    expect(forged).toMatchObject({ code: 3, stdout: expect.stringContaining('tokenNotTaken') });
    const nowhere = await cli(['jobs', 'list', '--url', 'http://127.0.0.1:9', '--json'], { env });
    expect(nowhere).toMatchObject({ code: 3, stdout: expect.stringContaining('serviceUnreachable') });
  });

  it('keeps the refresh token where nobody else can read it', async () => {
    const { mode } = await import('node:fs/promises').then(({ stat }) => stat(at('config/labdeploy/tokens.json')));
    expect(mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(await readFile(at('config/labdeploy/tokens.json'), 'utf8')))).toEqual([
      service.origin,
    ]);
  });
});

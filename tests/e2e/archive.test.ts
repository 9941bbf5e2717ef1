import { createHmac } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { Browser } from '../support/browser.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { lineWith, type RunningService, startService } from '../support/local-service.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';
import { until } from '../support/until.ts';

describe('results that go to another disk', () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let env: NodeJS.ProcessEnv;
  let job: string;
  const at = (...names: string[]) => join(folder.path, ...names);
  const ada = 'ada@lab.example';
  const billingSecret = 'shared with the payment service';

  beforeAll(async () => {
    folder = await temporaryFolder();
    env = { XDG_CONFIG_HOME: at('config') };
    for (const name of ['samples', 'nas']) await mkdir(at(name));
    await makeSamples(at('samples'));
    const args = ['--users', '--data', at('data'), '--archive-to', at('nas'), '--archive-after', '1'];
    service = await startService(args, { LABDEPLOY_BILLING_SECRET: billingSecret });
    await signInAda();
  }, 180_000);
  afterAll(async () => {
    await service?.stop();
    await folder[Symbol.asyncDispose]();
  });

  const jobs = async (command: string, ...args: string[]) => {
    const { code, stdout } = await cli(['jobs', command, ...args, '--url', service.origin, '--json'], { env });
    return { code, lines: jsonLines(stdout) };
  };
  const storage = async (): Promise<{ state?: string; downloadUntil?: string; bytes?: number } | undefined> => {
    const { lines } = await jobs('show', job);
    return (lines[0] as { job: { storage?: { state: string } } }).job.storage;
  };
  const stored = (state: string) =>
    until(`the results are ${state}`, async () => ((await storage())?.state === state ? true : undefined));
  const results = async (out: string) => {
    const { 'manifest.json': _, ...tree } = await treeOf(at(out));
    return tree;
  };

  /** Signs the first administrator up, and the command line in. */
  async function signInAda(): Promise<void> {
    const browser = new Browser(service.origin);
    const password = 'seven grey mice in a row';
    const invited = await browser.open(service.firstAdmin!);
    await browser.submit(invited, { email: ada, name: 'Ada', password, repeat: password });
    const running = startCli(['jobs', 'list', '--url', service.origin, '--json'], { env });
    const { code } = (await lineWith(running, 'submit.signIn')) as { code: string };
    const asked = await browser.submit(await browser.open('/auth/device'), { user_code: code });
    await browser.submit(asked, { confirm: 'yes' });
    expect((await running.finished).code).toBe(0);
  }

  async function submit(out: string): Promise<void> {
    const args = ['submit', at('samples/images'), '-o', at(out), '--no-wait', '--url', service.origin, '--json'];
    const { stdout } = await cli(args, { env });
    job = String(jsonLines(stdout).find(({ event }) => event === 'submit.started')!.job);
  }

  it('leave this one, and the tables and previews stay', async () => {
    await submit('first');
    await stored('archived');
    const [archive] = await readdir(at('nas'));
    expect((await readdir(at('nas', archive!))).length).toBe(2); // the zip, and what the folder is
    const refused = await jobs('download', job, '-o', at('early'));
    expect(refused.code).toBe(3);
    expect(JSON.stringify(refused.lines)).toMatch(/the results are archived.*jobs restore/);
    const { lines } = await jobs('list');
    expect(lines).toMatchObject([{ jobs: [{ id: job, state: 'completed', storage: { state: 'archived' } }] }]);
    const usage = await cli(['users', 'usage', '--url', service.origin, '--json'], { env });
    const { bytes } = (await storage())!;
    expect(jsonLines(usage.stdout)).toMatchObject([
      { event: 'users.usage', archive: { jobs: 1, bytes, people: [{ jobs: 1, bytes }] } },
    ]);
    expect((await cli(['users', 'usage', '--url', service.origin], { env })).stdout).toMatch(/^together +1 /m);
  }, 180_000);

  it('come back when their owner asks and the disk is there again, byte for byte', async () => {
    await rename(at('nas'), at('unplugged'));
    const trouble = lineWith(service, 'local.trouble');
    expect(await jobs('restore', job)).toMatchObject({ code: 0, lines: [{ event: 'jobs.restore', asked: true }] });
    expect(await trouble).toMatchObject({ stage: 'cold', message: expect.stringContaining('cannot be reached') });
    await rename(at('unplugged'), at('nas'));
    await stored('live');
    expect((await storage())!.downloadUntil).toMatch(/Z$/); // the plan archives: it goes again, later
    expect((await jobs('download', job, '-o', at('fetched'))).code).toBe(0);
    expect((await cli(['run', at('samples/images'), '-o', at('run')])).code).toBe(0);
    expect(await results('fetched')).toEqual(await results('run'));
    const [archive] = await readdir(at('nas'));
    expect(await readdir(at('nas', archive!))).toEqual(['README.txt']);
  }, 180_000);

  it('come back by themselves when their owner gets another plan, under which they stay', async () => {
    await submit('second');
    await stored('archived');
    const { stdout } = await cli(['users', 'plan', ada, 'premium', '--data', at('data'), '--json']);
    expect(jsonLines(stdout)).toMatchObject([{ event: 'users.changed', user: { plan: 'premium' }, restored: 2 }]);
    await stored('live');
    expect(await storage()).toEqual({ state: 'live', since: expect.any(String) });
    await submit('third');
    await until('the job ends', async () => {
      const { lines } = await jobs('show', job);
      return (lines[0] as { job: { state: string } }).job.state === 'completed' ? true : undefined;
    });
    expect(await storage()).toBeUndefined();
  }, 180_000);

  it('come back when a payment service says that their owner has another plan', async () => {
    expect((await cli(['users', 'plan', ada, '--data', at('data')])).code).toBe(0);
    await submit('fourth');
    await stored('archived');
    const body = JSON.stringify({ id: 'evt_1', person: ada, plan: 'premium' });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', billingSecret).update(`${timestamp}.${body}`).digest('hex');
    const response = await fetch(`${service.origin}/v1/billing/events`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'Labdeploy-Timestamp': timestamp,
        'Labdeploy-Signature': `v1=${signature}`,
      },
      body,
    });
    expect([response.status, await response.json()]).toEqual([200, { plan: 'premium' }]);
    await stored('live');
    expect(await storage()).toEqual({ state: 'live', since: expect.any(String) });
    expect((await jobs('download', job, '-o', at('fetched again'))).code).toBe(0);
    expect(await results('fetched again')).toEqual(await results('fetched'));
  }, 180_000);
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { Browser } from '../support/browser.ts';
import { cli, jsonLines, startCli } from '../support/cli.ts';
import { lineWith, startService } from '../support/local-service.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

let folder: TemporaryFolder;
const at = (...names: string[]) => join(folder.path, ...names);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => folder[Symbol.asyncDispose]());

describe('labdeploy local', () => {
  it('refuses a data folder that another one works on', async () => {
    const service = await startService(['--data', at('one')]);
    const second = await cli(['local', '--data', at('one'), '--port', '0', '--no-open', '--json']);
    expect(second.code).toBe(6);
    expect(jsonLines(second.stdout)).toMatchObject([{ event: 'error', code: 'dataInUse' }]);
    await service.stop();
    await (await startService(['--data', at('one')])).stop();
  }, 60_000);

  it('is for this machine only without accounts', async () => {
    const { code, stdout } = await cli(['local', '--data', at('two'), '--address', '0.0.0.0', '--json']);
    expect(code).toBe(2);
    expect(jsonLines(stdout)).toMatchObject([{ event: 'error', code: 'usersNeeded' }]);
  });

  it('says why it cannot keep data or listen', async () => {
    await writeFile(at('file'), '');
    const unwritable = await cli(['local', '--data', at('file', 'data'), '--port', '0', '--no-open', '--json']);
    expect([unwritable.code, jsonLines(unwritable.stdout)]).toMatchObject([3, [{ code: 'dataUnwritable' }]]);
    const service = await startService(['--data', at('three')]);
    const { port } = new URL(service.origin);
    const taken = await cli(['local', '--data', at('four'), '--port', port, '--no-open', '--json']);
    expect([taken.code, jsonLines(taken.stdout)]).toMatchObject([3, [{ code: 'portTaken' }]]);
    await service.stop();
  }, 60_000);

  it('sends browsers that come by another name to its own, and refuses others', async () => {
    const service = await startService(['--data', at('five')]);
    const { port } = new URL(service.origin);
    const page = await fetch(`http://localhost:${port}/jobs`, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect([page.status, page.headers.get('location')]).toEqual([308, `${service.origin}/jobs`]);
    expect((await fetch(`http://localhost:${port}/v1/jobs`)).status).toBe(421);
    await service.stop();
  }, 60_000);

  it('says before it is ready whether its page is not built, and shows the page where it is', async () => {
    const service = await startService(['--data', at('page')]);
    const { status } = await fetch(service.origin);
    await service.stop();
    const { stdout } = await service.finished;
    const events = jsonLines(stdout).map(({ event }) => event);
    expect([status, events.slice(0, 2)]).toEqual(
      events.includes('local.noPage')
        ? [503, ['local.noPage', 'local.ready']]
        : [200, ['local.ready', 'local.stopping']],
    );
  }, 60_000);

  it('prints an invitation for the first administrator of a lab, once', async () => {
    const first = await startService(['--data', at('lab'), '--users']);
    expect(first.firstAdmin).toMatch(/\/auth\/invite\?token=/);
    const browser = new Browser(first.origin);
    const invited = await browser.open(first.firstAdmin!);
    await browser.submit(invited, {
      email: 'ada@example.org',
      name: 'Ada',
      password: 'seven grey mice in a row',
      repeat: 'seven grey mice in a row',
    });
    await first.stop();
    const again = await startService(['--data', at('lab'), '--users']);
    expect(again.firstAdmin).toBeUndefined();
    await again.stop();
  }, 60_000);

  it('that is killed and started again continues its jobs to the same bytes', async () => {
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    const env = { XDG_CONFIG_HOME: at('config') };
    let service = await startService(['--data', at('killed'), '--workers', '1']);
    const { port } = new URL(service.origin);
    const args = ['submit', at('samples/images'), '-o', at('results'), '--url', service.origin, '--json'];
    const submitting = startCli(args, { env });
    const { code } = (await lineWith(submitting, 'submit.signIn')) as { code: string };
    const browser = new Browser(service.origin);
    await browser.open(service.url);
    await browser.submit(await browser.submit(await browser.open('/auth/device'), { user_code: code }), {
      confirm: 'yes',
    });
    await lineWith(submitting, 'submit.waiting'); // all is uploaded: the stages are at work
    for (let kills = 0; kills < 2; kills++) {
      service.child.kill('SIGKILL');
      await service.finished;
      service = await startService(['--data', at('killed'), '--port', port, '--workers', '1']);
    }
    let submitted = await submitting.finished; // it asked again until the service answered
    // Half a minute long: on a busy machine the service is away for longer, and the same command goes on.
    if (jsonLines(submitted.stdout).at(-1)?.code === 'serviceUnreachable') submitted = await cli(args, { env });
    expect(submitted.code).toBe(0);
    expect((await cli(['run', at('samples/images'), '-o', at('run')])).code).toBe(0);
    const { 'manifest.json': _, ...sent } = await treeOf(at('results'));
    const { 'manifest.json': __, ...direct } = await treeOf(at('run'));
    expect(sent).toEqual(direct);
    await service.stop();
  }, 120_000);
});

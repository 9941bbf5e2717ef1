import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serviceClient } from '../../cli/client/service-client.ts';
import type { NoticePayload } from '../../functions/core/notice.ts';
import { hookSignature } from '../../functions/http/hook-signature.ts';
import { Browser } from '../support/browser.ts';
import { cli, jsonLines, type Running, startCli } from '../support/cli.ts';
import { lineWith, type RunningService, startService } from '../support/local-service.ts';
import { itWithPython } from '../support/python.ts';
import { serviceToken } from '../support/service-token.ts';
import { startSmtpServer } from '../support/smtp-server.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const sample = join(import.meta.dirname, '../../samples/images/sparse.tif');
let folder: TemporaryFolder;
const at = (...names: string[]) => join(folder.path, ...names);
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(async () => folder[Symbol.asyncDispose]());

/** Everything that a command said until now. */
function said({ child }: Running): { text: string } {
  const all = { text: '' };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (text: string) => {
      all.text += text;
    });
  }
  return all;
}

/** Sends one image and waits for its results; `browser` is signed in. */
async function submit(service: RunningService, browser: Browser, name: string) {
  const args = ['submit', sample, '-o', at(name), '--url', service.origin, '--json'];
  const submitting = startCli(args, { env: { XDG_CONFIG_HOME: at(`config of ${name}`) } });
  const { code } = (await lineWith(submitting, 'submit.signIn')) as { code: string };
  await browser.submit(await browser.submit(await browser.open('/auth/device'), { user_code: code }), {
    confirm: 'yes',
  });
  const { job } = (await lineWith(submitting, 'submit.started')) as { job: string };
  expect((await submitting.finished).code).toBe(0);
  return job;
}

async function hookReceiver() {
  const received: { payload: NoticePayload; body: string; timestamp: string; signature: string }[] = [];
  const takers: (() => void)[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (text: Buffer) => {
      body += text.toString('utf8');
    });
    request.on('end', () => {
      const header = (name: string) => String(request.headers[name]);
      const payload = JSON.parse(body) as NoticePayload;
      const [timestamp, signature] = [header('labdeploy-timestamp'), header('labdeploy-signature')];
      received.push({ payload, body, timestamp, signature });
      response.writeHead(204).end();
      for (const take of takers.splice(0)) take();
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    async next() {
      if (received.length === 0) await new Promise<void>((came) => takers.push(came));
      return received.shift()!;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

await itWithPython(
  'a lab is told by mail and web hook: invitation, account, results; nothing of it names a secret',
  async (python) => {
    const login = { user: 'lab@example.org', password: 'p/w 1:2@3' };
    await using mail = await startSmtpServer(python, { login });
    await using hook = await hookReceiver();
    const secret = 'a secret of the lab';
    const smtp = `smtp://lab%40example.org:${encodeURIComponent(login.password)}@127.0.0.1:${mail.port}`;
    const env = { LABDEPLOY_SMTP: smtp, LABDEPLOY_WEBHOOK_SECRET: secret };
    const flags = ['--data', at('lab'), '--users', '--webhook', hook.url, '--sign-up-domains', 'example.org'];
    const service = await startService(flags, env);
    const log = said(service);
    try {
      const browser = new Browser(service.origin);
      const invitation = await browser.open(service.firstAdmin!);
      await browser.submit(invitation, { email: 'ada@example.org', name: 'Ada', password: 'seven grey mice in a row' });

      await browser.submit(await browser.open('/auth/admin'), { email: 'bob@example.org' });
      const invited = await mail.next();
      expect(invited).toMatchObject({ to: ['bob@example.org'], from: 'lab@example.org', login: true });
      expect(invited.headers.subject).toEqual(['Your invitation to labdeploy']);
      expect((await new Browser(service.origin).open(/http\S+/.exec(invited.text)![0])).text).toContain(
        'bob@example.org',
      );

      const guest = new Browser(service.origin);
      await guest.submit(await guest.open('/auth/forgotten'), { email: 'ada@example.org' });
      expect((await mail.next()).headers.subject).toEqual(['A new labdeploy password']);

      const job = await submit(service, browser, 'of the lab');
      const received = await mail.next();
      expect(received.to).toEqual(['ada@example.org']);
      expect(received.headers.subject).toEqual(['[labdeploy] images is ready']);
      expect(received.text).toContain(
        `Download the results (sign in first):\n${service.origin}/jobs/${job}?download\n`,
      );
      const { payload, body, timestamp, signature } = await hook.next();
      expect(payload).toMatchObject({
        event: 'job.completed',
        job: { id: job, files: { total: 1, done: 1, failed: 0, leftOut: 0 } },
      });
      expect(received.text).toContain(`Objects  ${payload.job.objects}\n`);
      expect(signature).toBe(hookSignature(secret, timestamp, body));
      expect([mail.waiting, hook.received.length]).toEqual([0, 0]);
    } finally {
      await service.stop();
    }
    expect(log.text).not.toMatch(/noticeUnsent|trouble/);
    for (const word of [login.password, encodeURIComponent(login.password), secret])
      expect(log.text).not.toContain(word);
  },
  90_000,
);

await itWithPython(
  'one person is told at the address of the sender, once the mail server is up, also what they agreed to',
  async (python) => {
    const first = await startSmtpServer(python);
    await first[Symbol.asyncDispose]();
    const { port } = first;
    const mailed = ['--smtp', `smtp://127.0.0.1:${port}`, '--mail-from', 'me@example.org'];
    const flags = ['--data', at('alone'), '--gallery', 'people', ...mailed];
    const service = await startService(flags);
    const warned = lineWith(service, 'local.trouble');
    try {
      const browser = new Browser(service.origin);
      await browser.open(service.url);
      await submit(service, browser, 'alone'); // the job ends well though nobody can be told
      expect(await warned).toMatchObject({
        stage: 'notify',
        attempt: 1,
        message: expect.stringContaining(`the mail server 127.0.0.1:${port}: connect ECONNREFUSED`),
      });
      await using mail = await startSmtpServer(python, { port });
      const received = await mail.next();
      expect(received).toMatchObject({ from: 'me@example.org', to: ['me@example.org'] });
      expect(received.headers.subject).toEqual(['[labdeploy] images is ready']);

      const token = await serviceToken(service.origin, service.url);
      const { call } = serviceClient(service.origin, async () => token, new AbortController().signal);
      const texts = [{ language: 'en', markdown: '# Photographs\n\nFaces are hidden.' }];
      const { agreement, version, ...published } = await call('publishAgreement', {
        body: { agreement: 'photographs', purposes: ['process'], material: false, texts },
      });
      const { sha256 } = published.texts[0]!;
      await call('decideAgreement', { body: { agreement, version, sha256, agree: true } });
      const receipt = await mail.next();
      expect(receipt.to).toEqual(['me@example.org']);
      expect(receipt.headers.subject).toEqual(['[labdeploy] You agreed: photographs, version 1']);
      expect(receipt.text).toContain(`Text     in en, SHA-256 ${sha256}\n`);
      expect(receipt.text).toMatch(/\n# Photographs\n\nFaces are hidden.$/);
    } finally {
      await service.stop();
    }
  },
  90_000,
);

describe('labdeploy local', () => {
  const refused = async (flags: string[], env: NodeJS.ProcessEnv = {}) => {
    const { code, stdout } = await cli(
      ['local', '--data', at('refused'), '--port', '0', '--no-open', '--json', ...flags],
      {
        env,
      },
    );
    return [code, jsonLines(stdout).map((line) => line.code)];
  };

  it('refuses mail servers, senders, web hooks and secrets that cannot work, and repeats no password', async () => {
    const password = 'not-to-be-seen';
    const { code, stdout, stderr } = await cli(['local', '--data', at('refused'), '--port', '0', '--no-open'], {
      env: { LABDEPLOY_SMTP: `smtp://lab:${password}@mail.example.org/inbox` },
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('--smtp (or LABDEPLOY_SMTP) is no address of a mail server [mailServerInvalid]');
    expect(stderr).not.toContain(password);
    expect(await refused(['--smtp', 'mail.example.org'])).toEqual([2, ['mailServerInvalid']]);
    expect(await refused(['--smtp', 'smtp://mail.example.org'])).toEqual([2, ['mailFromNeeded']]);
    expect(await refused(['--smtp', 'smtp://mail.example.org', '--mail-from', 'x\ny@z'])).toEqual([
      2,
      ['mailFromNeeded'],
    ]);
    expect(await refused(['--webhook', 'ftp://chat.example.org'])).toEqual([2, ['webHookInvalid']]);
    expect(await refused(['--webhook', 'https://a:b@chat.example.org'])).toEqual([2, ['webHookInvalid']]);
    const short = { LABDEPLOY_WEBHOOK_SECRET: 'short' };
    expect(await refused(['--webhook', 'https://chat.example.org'], short)).toEqual([2, ['webHookSecretShort']]);
  }, 60_000);

  it('warns of a mail server that does not answer and serves all the same; makes a secret and says where it is', async () => {
    const flags = [
      '--smtp',
      'smtp://127.0.0.1:1',
      '--mail-from',
      'lab@example.org',
      '--webhook',
      'http://127.0.0.1:1/x',
    ];
    const running = startCli(['local', '--port', '0', '--no-open', '--json', '--data', at('down'), ...flags]);
    const [down, made, ready] = await Promise.all(
      ['local.mailDown', 'local.hookSecret', 'local.ready'].map((event) => lineWith(running, event)),
    );
    expect(down).toMatchObject({ message: expect.stringContaining('127.0.0.1:1') });
    expect(made).toMatchObject({ host: '127.0.0.1:1', file: at('down', 'webhook-secret.txt') });
    expect((await fetch(`${(ready as { origin: string }).origin}/healthz`)).status).toBe(200);
    running.child.kill('SIGINT');
    expect((await running.finished).code).toBe(0);
  }, 60_000);
});

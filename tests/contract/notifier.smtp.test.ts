import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { mailNotifier, readMailServer, smtpSender } from '../../functions/adapters/local/smtp.ts';
import { type EndedJob, noticeOf } from '../../functions/core/notice.ts';
import { itWithPython } from '../support/python.ts';
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const from = 'labdeploy@lab.example';
const to = 'olga@lab.example';
const job: EndedJob = {
  ...{ owner: 'olga', id: 'job-0001', name: 'experiment', state: 'completed', sealed: true, retrying: false },
  settings: { model: { name: 'nuclei', sha256: 'b'.repeat(64) } },
  ...{ expected: 120, bytes: 5, done: 117, failed: 3, leftOut: 0, generation: 1, createdAt: 0, changedAt: 720_000 },
};
const noticeFor = (name: string) => noticeOf({ ...job, name }, { page: 'https://lab.example', objects: 45210 });

const notifierTo = (url: string) => mailNotifier(smtpSender(readMailServer(url)!, from));
const plain = ({ port }: SmtpServer) => `smtp://127.0.0.1:${port}`;

describe('the address of a mail server', () => {
  it.each([
    ['smtp://mail.lab.example', { host: 'mail.lab.example', port: 587, secure: false }],
    ['smtps://mail.lab.example', { host: 'mail.lab.example', port: 465, secure: true }],
    ['smtp://127.0.0.1:2525/', { host: '127.0.0.1', port: 2525, secure: false }],
    ['smtp://[::1]:25', { host: '::1', port: 25, secure: false }],
    [
      'smtps://lab%40example.org:p%2Fw%3A%40%25@mail.example.org:465',
      { host: 'mail.example.org', port: 465, secure: true, login: { user: 'lab@example.org', password: 'p/w:@%' } },
    ],
  ])('%s is read', (url, server) => expect(readMailServer(url)).toEqual(server));

  it.each([
    '',
    'mail.lab.example',
    'mail.lab.example:25',
    'http://mail.lab.example',
    'smtp://',
    'smtp://mail.lab.example/inbox',
    'smtp://mail.lab.example?tls=no',
    'smtp://user@mail.lab.example',
    'smtp://:password@mail.lab.example',
    'smtp://user:100%@mail.lab.example',
    'smtp://mail.lab.example:99999',
  ])("'%s' is refused", (url) => expect(readMailServer(url)).toBeUndefined());
});

await itWithPython('a notice by SMTP arrives with its exact words, as text and as HTML', async (python) => {
  await using server = await startSmtpServer(python);
  const notice = noticeFor('experiment');
  await notifierTo(plain(server)).send(notice, { to });
  const mail = await server.next();
  expect(mail).toMatchObject({
    ...{ from, to: [to], encrypted: false, login: false },
    text: notice.text.trimEnd(),
    html: notice.html,
  });
  expect(mail.text).toContain('\nObjects  45,210\n');
  expect(mail.headers).toMatchObject({
    from: [`labdeploy <${from}>`],
    to: [to],
    subject: ['[labdeploy] experiment is ready: 3 of 120 files failed'],
    'message-id': [`<job-0001.1.completed.${from}>`],
    'auto-submitted': ['auto-generated'],
  });
});

await itWithPython('a notice by SMTP carries names of any script and length', async (python) => {
  await using server = await startSmtpServer(python);
  for (const name of ['Größe µm, 细胞 🔬 (عينة)', `${'ä'.repeat(150)}.`, 'a'.repeat(200)]) {
    const notice = noticeFor(name);
    await notifierTo(plain(server)).send(notice, { to });
    const mail = await server.next();
    expect(mail.headers.subject).toEqual([notice.subject]);
    expect([mail.text, mail.html]).toEqual([notice.text.trimEnd(), notice.html]);
    for (const line of mail.raw.split('\r\n')) expect(line.length).toBeLessThan(999);
  }
});

await itWithPython(
  'a notice by SMTP cannot be given headers, recipients or commands by the name of a job',
  async (python) => {
    await using server = await startSmtpServer(python);
    const evil = [
      'x\r\nBcc: all@lab.example\r\n\r\nother body',
      'x\n.\nMAIL FROM:<a@b>',
      '=?utf-8?q?x=0d=0aBcc:_a@b?=',
    ];
    for (const name of evil) {
      await notifierTo(plain(server)).send(noticeFor(name), { to });
      const mail = await server.next();
      expect(mail.to).toEqual([to]);
      expect(Object.keys(mail.headers)).not.toContain('bcc');
      expect(mail.raw.split('\r\n\r\n')[0]!.match(/^subject:/gim)).toHaveLength(1);
      expect(mail.headers.subject![0]).toMatch(/^\[labdeploy\] .* is ready: 3 of 120 files failed$/);
      // Also past the rendering: whatever came as a subject stays one header.
      await smtpSender(readMailServer(plain(server))!, from).send({ to, subject: name, text: 'x' });
      const bare = await server.next();
      expect(bare.to).toEqual([to]);
      expect(Object.keys(bare.headers)).not.toContain('bcc');
      expect(bare.text).toBe('x');
    }
    expect(server.waiting).toBe(0);
  },
);

await itWithPython('a notice by SMTP fails while the server is down, and arrives once it is up', async (python) => {
  const first = await startSmtpServer(python);
  const { port } = first;
  await first[Symbol.asyncDispose]();
  const notifier = notifierTo(`smtp://127.0.0.1:${port}`);
  await expect(notifier.send(noticeFor('x'), { to })).rejects.toMatchObject({
    code: 'noticeUnsent',
    message: expect.stringContaining(`the mail server 127.0.0.1:${port}: connect ECONNREFUSED`),
  });
  await using server = await startSmtpServer(python, { port });
  await notifier.send(noticeFor('x'), { to });
  expect((await server.next()).headers.subject).toEqual(['[labdeploy] x is ready: 3 of 120 files failed']);
});

await itWithPython(
  'a notice by SMTP signs in where the server asks for it, and never says the password',
  async (python) => {
    const password = 'pässwörd/42';
    await using server = await startSmtpServer(python, { login: { user: 'lab@example.org', password } });
    const login = (word: string) => `smtp://lab%40example.org:${encodeURIComponent(word)}@127.0.0.1:${server.port}`;
    await notifierTo(login(password)).send(noticeFor('x'), { to });
    expect(await server.next()).toMatchObject({ login: true, to: [to] });
    await smtpSender(readMailServer(login(password))!, from).check();

    const wrong = smtpSender(readMailServer(login('guessed-secret'))!, from);
    for (const attempt of [() => wrong.send({ to, subject: 'x', text: 'x' }), () => wrong.check()]) {
      const error = (await attempt().catch((thrown: unknown) => thrown)) as Error;
      expect(error).toMatchObject({ code: 'noticeUnsent', message: expect.stringContaining('535') });
      expect(JSON.stringify([error.message, error.stack, error])).not.toContain('guessed-secret');
    }
    await expect(notifierTo(plain(server)).send(noticeFor('x'), { to })).rejects.toThrow(/530/);
    expect(server.waiting).toBe(0);
  },
);

await itWithPython(
  'a notice by SMTP goes encrypted, by STARTTLS or from the first byte, to servers whose certificate is trusted',
  async (python) => {
    await using folder = await temporaryFolder();
    const [cert, key] = [join(folder.path, 'cert.pem'), join(folder.path, 'key.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'];
    await promisify(execFile)('openssl', [...make, '-keyout', key, '-out', cert, ...subject]);
    for (const start of ['at once', 'by STARTTLS'] as const) {
      await using server = await startSmtpServer(python, { tls: { cert, key, start } });
      const notifier = notifierTo(`${start === 'at once' ? 'smtps' : 'smtp'}://127.0.0.1:${server.port}`);
      await expect(notifier.send(noticeFor('x'), { to })).rejects.toThrow(/self-signed certificate/);
      const trusted = getCACertificates('default');
      setDefaultCACertificates([...trusted, await readFile(cert, 'utf8')]);
      try {
        await notifier.send(noticeFor('x'), { to });
      } finally {
        setDefaultCACertificates(trusted);
      }
      expect(await server.next()).toMatchObject({ encrypted: true });
    }
  },
);

it('a notice by SMTP ends when it is told to stop, though the server is silent', async () => {
  const sockets: { destroy(): void }[] = [];
  const silent = createServer((socket) => void sockets.push(socket.on('error', () => {}))).listen(0, '127.0.0.1');
  await new Promise((listening) => silent.once('listening', listening));
  const stop = new AbortController();
  const { port } = silent.address() as { port: number };
  const sending = notifierTo(`smtp://127.0.0.1:${port}`).send(noticeFor('x'), { to, signal: stop.signal });
  setTimeout(() => stop.abort(), 50);
  await expect(sending).rejects.toMatchObject({ code: 'noticeUnsent' });
  for (const socket of sockets) socket.destroy();
  await new Promise((closed) => silent.close(closed));
});

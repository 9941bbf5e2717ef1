import { Failure } from '../../core/errors.ts';
import type { Letter } from '../../core/letter.ts';
import type { Notifier } from '../../ports/notifier.ts';

/** Where mail goes out. */
export interface MailServer {
  host: string;
  port: number;
  /** TLS from the first byte; else it begins with STARTTLS where the server has it. */
  secure: boolean;
  login?: { user: string; password: string };
}

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html?: string;
  /** The same when one mail is sent twice, so that programs keep one of them. */
  id?: string;
}

/** What cannot be sent is thrown as `noticeUnsent`, without a word of the password. */
export interface MailSender {
  send(mail: Mail, options?: { signal?: AbortSignal | undefined }): Promise<void>;
  /** Connects and signs in, and sends nothing. */
  check(): Promise<void>;
}

const usualPorts = { 'smtp:': 587, 'smtps:': 465 } as const;
const loopback = /^(127\.\d+\.\d+\.\d+|localhost|::1)$/;

/** Milliseconds; a server is asked again soon, so a request does not wait for a slow one. */
const patience = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 15_000, dnsTimeout: 10_000 };

/** `smtp://user:password@host:port` (587) or `smtps://…` (465), user and password percent-encoded; undefined: not that. */
export function readMailServer(url: string): MailServer | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url);
  if (protocol !== 'smtp:' && protocol !== 'smtps:') return undefined;
  if (hostname === '' || pathname.length > 1 || search !== '' || hash !== '') return undefined;
  if ((username === '') !== (password === '')) return undefined;
  const server = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? usualPorts[protocol] : Number(port),
    secure: protocol === 'smtps:',
  };
  if (username === '') return server;
  try {
    return { ...server, login: { user: decodeURIComponent(username), password: decodeURIComponent(password) } };
  } catch {
    return undefined; // a % that encodes nothing
  }
}

/** Sends each mail over a connection of its own. A password leaves this machine only encrypted. */
export function smtpSender(server: MailServer, from: string): MailSender {
  const { host, port, secure, login } = server;
  const transport = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      ...{ host, port, secure, ...patience },
      requireTLS: login !== undefined && !loopback.test(host),
      ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  };
  const unsent = (error: unknown): Failure => {
    const { message } = error as Error;
    const detail = login === undefined ? message : message.replaceAll(login.password, '…');
    return new Failure('noticeUnsent', { where: `the mail server ${host}:${port}`, detail });
  };
  return {
    async send({ to, subject, text, html, id }, { signal } = {}) {
      try {
        await (await transport()).sendMail({
          from: { name: 'labdeploy', address: from },
          to: { name: '', address: to },
          ...{ subject, text },
          ...(html !== undefined && { html }),
          ...(id !== undefined && { messageId: `<${id}.${from}>` }),
          headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office answers
          ...(signal !== undefined && { signal }),
        });
      } catch (error) {
        throw unsent(error);
      }
    },
    async check() {
      try {
        await (await transport()).verify();
      } catch (error) {
        throw unsent(error);
      }
    },
  };
}

/** Notices by mail, each to its owner's address. */
export const mailNotifier = (sender: MailSender): Notifier<Letter> => ({
  async send({ id, subject, text, html }, { to, signal }) {
    await sender.send({ to: to!, subject, text, html, id }, { signal });
  },
});

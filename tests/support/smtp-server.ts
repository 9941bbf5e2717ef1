import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ReceivedMail {
  from: string;
  to: string[];
  encrypted: boolean;
  login: boolean;
  /** As it came over the wire. */
  raw: string;
  /** Unfolded, by lower-case name; a name that comes twice has both. */
  headers: Record<string, string[]>;
  /** The parts' texts, decoded. */
  text: string;
  html?: string;
}

export interface SmtpServer extends AsyncDisposable {
  port: number;
  /** The next mail that nobody has taken yet; waits for it. */
  next(): Promise<ReceivedMail>;
  /** Mails that nobody has taken yet. */
  readonly waiting: number;
}

export interface SmtpServerOptions {
  port?: number;
  login?: { user: string; password: string };
  tls?: { cert: string; key: string; start: 'at once' | 'by STARTTLS' };
}

/** aiosmtpd in a process of its own. */
export async function startSmtpServer(interpreter: string, options: SmtpServerOptions = {}): Promise<SmtpServer> {
  const { port = 0, login, tls } = options;
  const args = [join(import.meta.dirname, 'python/smtp_server.py'), '--port', String(port)];
  if (login !== undefined) args.push('--user', login.user, '--password', login.password);
  if (tls !== undefined) args.push('--cert', tls.cert, '--key', tls.key);
  if (tls?.start === 'by STARTTLS') args.push('--starttls');
  const child = spawn(interpreter, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const mails: ReceivedMail[] = [];
  const takers: ((mail: ReceivedMail) => void)[] = [];
  const started = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the SMTP server ended with ${code}:\n${errors}`)));
    createInterface(child.stdout).on('line', (line) => {
      const said = JSON.parse(line) as { port: number } | WireMail;
      if ('port' in said) return resolve(said.port);
      const mail = readMail(said);
      const taker = takers.shift();
      if (taker === undefined) mails.push(mail);
      else taker(mail);
    });
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    port: await started,
    next: async () => mails.shift() ?? new Promise((resolve) => takers.push(resolve)),
    get waiting() {
      return mails.length;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}

interface WireMail {
  from: string;
  to: string[];
  encrypted: boolean;
  login: boolean;
  data: string;
}

function readMail({ data, ...rest }: WireMail): ReceivedMail {
  const raw = Buffer.from(data, 'base64').toString('latin1');
  const { headers, body } = split(raw);
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type']?.[0] ?? '')?.[1];
  const parts = boundary === undefined ? [{ headers, body }] : body.split(`--${boundary}`).slice(1, -1).map(split);
  const ofType = (type: string) => parts.find((part) => part.headers['content-type']?.[0]?.startsWith(type));
  const html = ofType('text/html');
  return { ...rest, raw, headers, text: decoded(ofType('text/plain')!), ...(html && { html: decoded(html) }) };
}

interface MailPart {
  headers: Record<string, string[]>;
  body: string;
}

function split(part: string): MailPart {
  const [head = '', ...body] = part.replace(/^\r\n/, '').split('\r\n\r\n');
  const headers: Record<string, string[]> = {};
  for (const line of head.replace(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    const values = headers[name.toLowerCase()] ?? [];
    headers[name.toLowerCase()] = [...values, encodedWords(value)];
  }
  return { headers, body: body.join('\r\n\r\n') };
}

/** RFC 2047; between two encoded words the space does not count. */
const encodedWords = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?utf-8\?[bq]\?[^?]*\?=)+/gi, (words) =>
      Buffer.concat(
        [...words.matchAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi)].map(([, how, text]) =>
          how!.toLowerCase() === 'b' ? Buffer.from(text!, 'base64') : quoted(text!.replaceAll('_', ' ')),
        ),
      ).toString('utf8'),
    );

function decoded({ headers, body }: MailPart): string {
  const how = headers['content-transfer-encoding']?.[0];
  const bytes =
    how === 'base64'
      ? Buffer.from(body, 'base64')
      : how === 'quoted-printable'
        ? quoted(body.replace(/=\r\n/g, ''))
        : Buffer.from(body, 'latin1');
  return bytes.toString('utf8').replaceAll('\r\n', '\n').trimEnd();
}

const quoted = (text: string): Buffer =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16))),
    'latin1',
  );

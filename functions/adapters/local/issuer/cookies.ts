import type { IncomingMessage } from 'node:http';

/** The value of a cookie as it was sent; ours hold base64url only, so nothing needs decoding. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** Browsers share cookies between ports, so services of one machine need names of their own. */
export function cookieNames(issuer: string) {
  const { port, protocol } = new URL(issuer);
  const prefix = `${protocol === 'https:' ? '__Secure-' : ''}labdeploy${port && `-${port}`}-`;
  const names = ['session', 'interaction', 'resume', 'form', 'arrival', 'known'] as const;
  return Object.fromEntries(names.map((name) => [name, prefix + name])) as Record<(typeof names)[number], string>;
}

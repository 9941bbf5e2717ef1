import { createHash } from 'node:crypto';
import { escapeHtml } from '../core/escape-html.ts';

/** One request, as whatever stands before the broker hands it on. */
export interface BrokerRequest {
  method: string;
  /** `/auth/with/globus/authorize`. */
  path: string;
  /** Without `?`. */
  query: string;
  cookies: Readonly<Record<string, string>>;
  /** The header of that name. */
  authorization?: string | undefined;
  /** A form, URL-encoded. */
  body: string;
}

export interface BrokerAnswer {
  status: number;
  headers: Record<string, string>;
  /** Whole `Set-Cookie` lines. */
  cookies?: string[];
  body: string;
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): BrokerAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(value),
});

/** As RFC 6749 writes a refusal of the token endpoint. */
export const refusal = (status: 400 | 401, error: string, why: string): BrokerAnswer =>
  json(status, { error, error_description: why });

export const redirect = (location: string, cookies: string[] = []): BrokerAnswer => ({
  status: 302,
  headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  cookies,
  body: '',
});

const style = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:32rem;margin:15vh auto;padding:0 1rem}h1{font-size:1.4rem}`;
const styleDigest = createHash('sha256').update(style).digest('base64');

/** Says something to whoever sits at the browser, and leads on. */
export const page = (
  status: number,
  { title, text, link }: { title: string; text: string; link: { href: string; text: string } },
): BrokerAnswer => ({
  status,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src 'sha256-${styleDigest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  },
  body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – labdeploy</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.text)}</a></p>
</main>
</body>
</html>
`,
});

import { escapeHtml } from './escape-html.ts';

/** What a mail says; `subject` is one line. */
export interface Letter {
  /** The same when one letter arrives twice. */
  id: string;
  subject: string;
  text: string;
  html: string;
}

/** `file`: one of several files, with what became of it. `quote`: a text as somebody wrote it. */
export type Line =
  | { heading: string }
  | { says: string }
  | { fact: [string, string] }
  | { file: string }
  | { link: string; url: string }
  | { quote: string };

export const letterOf = (id: string, { subject, lines }: { subject: string; lines: readonly Line[] }): Letter => ({
  id,
  // A mail program would decode what looks like RFC 2047's encoded words; an invisible space keeps it as it is.
  subject: `[labdeploy] ${subject}`.replaceAll('=?', '=\u200b?'),
  text: asText(lines),
  html: asHtml(lines),
});

/** `2026-11-30 14:32 UTC` */
export const minuteOf = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

function asText(lines: readonly Line[]): string {
  const blocks = lines.map((line) => {
    if ('heading' in line) return `${line.heading}.\n\n`;
    if ('says' in line) return `${line.says}\n\n`;
    if ('fact' in line) return `${line.fact[0].padEnd(9)}${line.fact[1]}\n`;
    if ('file' in line) return `- ${line.file}\n`;
    if ('quote' in line) return `\n${line.quote}\n`;
    return `\n${line.link}:\n${line.url}\n`;
  });
  return blocks.join('');
}

function asHtml(lines: readonly Line[]): string {
  const blocks = lines.map((line) => {
    if ('heading' in line) return `<h1 style="font-size:18px">${escapeHtml(line.heading)}</h1>`;
    if ('says' in line) return `<p>${escapeHtml(line.says)}</p>`;
    if ('fact' in line) return `<div>${line.fact.map(escapeHtml).join(': ')}</div>`;
    if ('file' in line) return `<div style="padding-left:1em">${escapeHtml(line.file)}</div>`;
    if ('quote' in line) return `<pre style="white-space:pre-wrap">${escapeHtml(line.quote)}</pre>`;
    return `<p><a href="${escapeHtml(line.url)}">${escapeHtml(line.link)}</a></p>`;
  });
  return `<!doctype html><html lang="en"><body style="font-family:sans-serif">${blocks.join('')}</body></html>`;
}

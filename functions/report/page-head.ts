import { markupText } from './markup.ts';

/**
 * The beginning of a page that is read from a file, up to its heading: no script, nothing from elsewhere. `images`: it has
 * pictures of its own, as data.
 */
export function pageHead(named: string, style: string, { images = false } = {}): string {
  const title = markupText(named);
  const policy = `default-src 'none'; style-src 'unsafe-inline'${images ? '; img-src data:' : ''}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>`;
}

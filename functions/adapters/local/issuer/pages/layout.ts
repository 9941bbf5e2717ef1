import { type HeaderView, header } from './header.ts';
import { type Html, html } from './html.ts';
import { strings } from './strings.ts';

export interface Page {
  title: string;
  body: Html;
  /** Of whoever is signed in: it has the ways to the other pages. */
  header?: HeaderView;
  /** A list instead of a form. */
  wide?: boolean;
  /** Submits the only form at once. */
  submits?: boolean;
}

/** `base`: the path of the issuer, `/auth`. */
export const layout = (base: string, { title, body, header: top, wide, submits }: Page): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${strings.product}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${base}/style.css">
${submits && html`<script src="${base}/submit.js" defer></script>`}
</head>
<body>
${top && header(top)}
<main${wide && html` class="wide"`}>
${!top && html`<p class="brand">${strings.product}</p>`}
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`.text;

/** A page that only says something, and leads on. */
export const message = (title: string, text: string, link?: { href: string; text: string }): Page => ({
  title,
  body: html`<p>${text}</p>${link && html`<nav><a href="${link.href}">${link.text}</a></nav>`}`,
});

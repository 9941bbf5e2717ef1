import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { jobId } from '../contract/jobs.ts';
import { escapeHtml } from '../core/escape-html.ts';
import { type Figure, isOver } from '../core/figure.ts';
import type { Ports } from '../ports/ports.ts';
import type { ApiServices } from './services.ts';
import { figureUrl, signPicture } from './sign-picture.ts';

/** As in openFigure. */
const pictureSeconds = 5 * 60;
/** Letters of a caption that a chat shows as the title. */
const titleLength = 90;

/** The card, if everybody may see it now. */
export async function publicFigure(
  id: string,
  { figures, clock }: Pick<Ports, 'figures' | 'clock'>,
): Promise<Figure | undefined> {
  if (!jobId.safeParse(id).success) return undefined; // no store need look for it
  const figure = await figures?.get(id);
  return figure?.scope === 'public' && !isOver(figure, clock.now()) ? figure : undefined;
}

/**
 * The page of one card at its lasting address, without script, so that chats show its picture. Of a card of the lab, of one
 * that is over and of none it says the same, with 404: a stranger does not learn which there are.
 */
export const figurePage = (services: ApiServices) => async (req: Request, res: Response) => {
  const id = String(req.params.figure);
  const figure = await publicFigure(id, services.ports);
  const picture = figure && (await signPicture(figure, 'picture.png', pictureSeconds, services)).url;
  const images = picture === undefined ? '' : ` img-src ${new URL(picture).origin};`;
  res.setHeader(
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}';${images} base-uri 'none'; frame-ancestors 'none'`,
  );
  res.setHeader('X-Robots-Tag', 'noindex'); // it is over one day, which no search engine learns
  res.status(figure === undefined ? 404 : 200);
  res.type('html').send(figure && picture ? publicPage(figure, picture, services) : otherPage(id));
};

const style = `:root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{max-width:70rem;margin:2rem auto;padding:0 1rem}
figure{margin:0}img{max-width:100%;height:auto}figcaption{white-space:pre-line;margin:1rem 0}p{margin:.25rem 0}`;
const styleHash = `sha256-${createHash('sha256').update(style).digest('base64')}`;

const page = (head: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head}
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;

function otherPage(id: string): string {
  return page(
    '<title>Figure · labdeploy</title>',
    `<h1>This figure is not public</h1>
<p>It is for people of the lab only, was taken away, or its time is over.</p>
<p><a href="/gallery?card=${encodeURIComponent(id)}">Sign in to look for it</a></p>`,
  );
}

const meta = (property: string, content: string): string =>
  `<meta property="${property}" content="${escapeHtml(content)}">`;

function publicPage(figure: Figure, picture: string, services: ApiServices): string {
  const { caption, by, licence, until, model, counted, barMicrometres } = figure;
  const url = figureUrl(figure.id, services);
  const [line = '', ...rest] = caption.split('\n');
  const title = line.length > titleLength ? `${line.slice(0, titleLength)}…` : line;
  const facts = [counted, `segmented with ${model.name} ${model.version}`];
  const credit = [by, licence ?? 'all rights reserved'].filter((part) => part !== undefined).join(' · ');
  const head = [
    `<title>${escapeHtml(title)} · labdeploy</title>`,
    meta('og:type', 'article'),
    meta('og:site_name', 'labdeploy'),
    meta('og:title', title),
    meta('og:description', [...facts, credit].join(' · ')),
    meta('og:url', url),
    meta('og:image', `${services.origins[0]}/v1/gallery/${figure.id}/picture`),
    meta('og:image:type', 'image/png'),
    meta('og:image:width', String(figure.picture.width)),
    meta('og:image:height', String(figure.picture.height)),
    meta('og:image:alt', title),
    '<meta name="twitter:card" content="summary_large_image">',
  ];
  const scale = barMicrometres === undefined ? [] : ['with a scale bar'];
  const text = [
    `<p>${escapeHtml([...facts, ...scale].join(' · '))}</p>`,
    `<p>${escapeHtml(credit)}</p>`,
    ...(until === undefined ? [] : [`<p>Here until ${new Date(until).toISOString().slice(0, 10)}</p>`]),
  ];
  const { width, height } = figure.picture;
  return page(
    head.join('\n'),
    `<h1>${escapeHtml(line)}</h1>
<figure>
<img src="${escapeHtml(picture)}" width="${width}" height="${height}" alt="Objects outlined in a microscope image">
<figcaption>${escapeHtml(rest.join('\n').trim())}</figcaption>
</figure>
${text.join('\n')}`,
  );
}

import type { FigureView } from '../../functions/contract/gallery.ts';
import type { FigureScope, Licence } from '../../functions/core/figure.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export interface PublishOptions extends OnService {
  caption: string;
  public?: boolean;
  by?: string;
  licence?: Licence;
  /** As the user typed it. */
  until?: string;
  scaleBar: boolean;
}

/** Cards of the gallery, newest first. Throws `galleryOff`. */
export async function listFigures(
  { url, public: onlyPublic = false }: OnService & { public?: boolean },
  context: CommandContext,
): Promise<void> {
  const client = await connectToGallery(url, context);
  const scope: FigureScope = onlyPublic ? 'public' : 'lab';
  const figures: FigureView[] = [];
  for await (const figure of allItems(({ cursor }) => client.call('listFigures', { query: { scope, cursor } })))
    figures.push(figure);
  context.io.emit('gallery.listed', { figures });
}

/** Publishes the preview of one image; to everybody only after a yes. Throws `galleryOff`, `declined`. */
export async function publishFigure(
  job: string,
  path: string,
  { url, public: isPublic = false, caption, by, licence, until, scaleBar }: PublishOptions,
  context: CommandContext,
): Promise<void> {
  const client = await connectToGallery(url, context);
  const end = until === undefined ? undefined : dayOf(until);
  const question = `Show the preview of ${path} with its outlines, caption, counts and model to everybody who has its address?`;
  if (isPublic && !(await context.confirm(question))) throw new UserError('declined', { command: 'gallery publish' });
  const figure = await client.call('publishFigure', {
    params: { id: job },
    body: {
      ...{ path, caption, scaleBar },
      scope: isPublic ? 'public' : 'lab',
      ...(by !== undefined && { by }),
      ...(licence !== undefined && { licence }),
      ...(end !== undefined && { until: end }),
    },
  });
  context.io.emit('gallery.published', { figure });
}

/** Takes a card away with its pictures, after a yes. Throws `galleryOff`, `declined`. */
export async function hideFigure(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const client = await connectToGallery(url, context);
  const { caption } = await client.call('showFigure', { params: { figure: id } });
  if (!(await context.confirm(`Take '${caption}' away? Its pictures are deleted.`)))
    throw new UserError('declined', { command: 'gallery hide' });
  await client.call('hideFigure', { params: { figure: id } });
  context.io.emit('gallery.hidden', { id, caption });
}

async function connectToGallery(url: string, context: CommandContext) {
  const { client, config } = await connect(url, context);
  if (config.gallery === 'off') throw new UserError('galleryOff', { url });
  return client;
}

/** `2026-12-31` is to the end of that day in UTC; other forms are as ISO 8601 has them. */
function dayOf(text: string): string {
  const time = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T23:59:59Z` : text);
  if (Number.isNaN(time))
    throw new UserError('usage', { detail: `'${text}' is no day, such as 2026-12-31`, command: 'gallery publish' });
  return new Date(time).toISOString();
}

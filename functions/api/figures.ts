import type { FigureView } from '../contract/gallery.ts';
import { jobId } from '../contract/jobs.ts';
import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { type Figure, type FigureScope, isOver, publicDays } from '../core/figure.ts';
import { dayMs } from '../core/time.ts';
import { rateLimit } from '../http/rate-limit.ts';
import { forgetFigure } from '../jobs/forget-figure.ts';
import type { Figures } from '../ports/figures.ts';
import { publicFigure } from './figure-page.ts';
import { publishFigure } from './publish-figure.ts';
import type { Handlers, Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { figureUrl, signPicture } from './sign-picture.ts';
import { iso } from './views.ts';

/** A wall shows its pictures for a while; a card that is taken away loses its pictures, and with them their links. */
const wallSeconds = 60 * 60;
/** Of a picture that everybody may see, which must be out of reach soon when it is public no more. */
const publicSeconds = 5 * 60;
/** Requests to the picture of one card, by anybody. */
const rate = { perSecond: 5, burst: 200 };

type FigureHandlers = Pick<
  Handlers,
  'publishFigure' | 'listFigures' | 'showFigure' | 'changeFigure' | 'hideFigure' | 'openFigure'
>;

/** The cards of the gallery. Their routes are there only where `ports.figures` is. */
export function figureHandlers(services: ApiServices): FigureHandlers {
  const { clock, objects } = services.ports;
  const rates = rateLimit(clock);

  const figures = (): Figures => {
    const { figures: store } = services.ports;
    if (store === undefined) throw new Problem('routeUnknown', { path: '/v1/gallery' });
    return store;
  };
  /** Throws `figureMissing` of a card that is over, too. */
  const find = async (id = ''): Promise<Figure> => {
    const figure = jobId.safeParse(id).success ? await figures().get(id) : undefined;
    if (figure === undefined || isOver(figure, clock.now())) throw new Problem('figureMissing', { id });
    return figure;
  };
  const view = (figure: Figure, who: Principal) => viewOf(figure, who.owner, services);

  return {
    async publishFigure({ who, job, body }) {
      const { scope, until } = body;
      const end = endOf(scope, until, clock.now());
      return view(await publishFigure(job, { ...body, until: end, by: nameOf(who, body) }, services), who);
    },

    async listFigures({ who, query: { scope = 'lab', cursor, limit = apiLimits.figuresPage } }) {
      const page = await figures().list(scope, { limit, ...(cursor !== undefined && { cursor }) });
      const shown = page.items.filter((figure) => !isOver(figure, clock.now()));
      return { ...page, items: await Promise.all(shown.map((figure) => view(figure, who))) };
    },

    showFigure: async ({ who, params }) => view(await find(params.figure), who),

    async changeFigure({ who, params, body }) {
      const before = await find(params.figure);
      if (before.owner !== who.owner) throw new Problem('figureOfOthers', { what: 'changes it' });
      const after = changed(before, body, clock.now());
      if (!(await figures().replace(after))) throw new Problem('figureMissing', { id: before.id });
      return view(after, who);
    },

    async hideFigure({ who, params }) {
      const figure = await find(params.figure);
      if (figure.owner !== who.owner && !who.caller.admin)
        throw new Problem('figureOfOthers', { what: 'or an administrator takes it away' });
      await figures().replace({ ...figure, until: clock.now() }); // nobody sees it any more, and sweep goes on where this is cut off
      await forgetFigure(figure, { figures: figures(), objects });
      return undefined;
    },

    async openFigure({ params: { figure: id = '' } }) {
      const figure = await publicFigure(id, services.ports);
      if (figure === undefined) throw new Problem('figureMissing', { id });
      const wait = Math.ceil(rates.take(figure.id, rate));
      if (wait > 0)
        throw new Problem('tooFast', { seconds: String(wait) }, { headers: { 'Retry-After': String(wait) } });
      return (await signPicture(figure, 'picture.png', publicSeconds, services)).url;
    },
  };
}

/** As the body says; else the name of the account, or for the lab its address, which others need not know. */
function nameOf({ caller }: Principal, { by, scope }: { by?: string | null | undefined; scope: FigureScope }) {
  if (by !== undefined) return by ?? undefined;
  return caller.name ?? (scope === 'lab' ? caller.email : undefined);
}

/** When a card goes, ms since 1970. Throws the problem `figureRefused` for a day in the past, or too far ahead for the public. */
function endOf(scope: FigureScope, until: string | null | undefined, now: number): number | undefined {
  const usual = scope === 'public' ? now + publicDays.usual * dayMs : undefined;
  const end = until === undefined || until === null ? usual : Date.parse(until);
  if (end !== undefined && end <= now) throw new Problem('figureRefused', { why: 'its time is over already' });
  const { most } = publicDays;
  if (scope === 'public' && end !== undefined && end > now + most * dayMs)
    throw new Problem('figureRefused', { why: `a public card lasts for ${most} days at most` });
  return end;
}

interface Changes {
  caption?: string | undefined;
  by?: string | null | undefined;
  licence?: Figure['licence'] | null | undefined;
  scope?: FigureScope | undefined;
  until?: string | null | undefined;
}

/** Absent stays, null goes. */
function changed(before: Figure, body: Changes, now: number): Figure {
  const { by: author, licence: given, until: end, ...kept } = before;
  const { caption = before.caption, scope = before.scope } = body;
  const pick = <T>(value: T | null | undefined, old: T | undefined) =>
    value === undefined ? old : (value ?? undefined);
  const by = pick(body.by, author);
  const licence = pick(body.licence, given);
  const stays = body.until === undefined && end !== undefined ? iso(end) : body.until;
  const until = endOf(scope, stays, now);
  return {
    ...{ ...kept, caption, scope },
    ...(by !== undefined && { by }),
    ...(licence !== undefined && { licence }),
    ...(until !== undefined && { until }),
  };
}

async function viewOf(figure: Figure, viewer: string, services: ApiServices): Promise<FigureView> {
  const { owner, from, until, publishedAt, picture, thumbnail, ...words } = figure;
  const own = owner === viewer;
  return {
    ...words,
    ...(until !== undefined && { until: iso(until) }),
    publishedAt: iso(publishedAt),
    picture: { ...picture, request: await signPicture(figure, 'picture.png', wallSeconds, services) },
    thumbnail: { ...thumbnail, request: await signPicture(figure, 'thumbnail.png', wallSeconds, services) },
    url: figureUrl(figure.id, services),
    own,
    ...(own && { from }),
  };
}

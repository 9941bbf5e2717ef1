import { type ErrorRequestHandler, type Request, type Response, Router } from 'express';
import { printable } from '../contract/fields.ts';
import { apiLimits } from '../contract/limits.ts';
import type { Problem } from '../contract/problems.ts';
import { currentVersions } from '../core/pictures/agreement.ts';
import { resultPictureRef, sentPictureRef } from '../core/pictures/keys.ts';
import { decide } from './decide.ts';
import { readJson } from './json-body.ts';
import { addPicture, picturesOf, recipeNamed } from './people-pictures.ts';
import { isShown, picturesExpireSeconds, signPicture } from './picture-views.ts';
import type { Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { toProblem } from './to-problem.ts';

/** An answer of these routes: what the pages that were written for them expect. */
interface Answer {
  status: number;
  body: object;
}

const answer = (status: number, body: object): Answer => ({ status, body });
const fields = ['theme', 'gender', 'skin'] as const;

/** Texts of a body, as those pages send them; undefined for anything else. */
const textsOf = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    entriesOf(body).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && /^[^\p{Cc}]{1,1000}$/u.test(entry[1]),
    ),
  );
const entriesOf = (body: unknown): [string, unknown][] =>
  typeof body === 'object' && body !== null ? Object.entries(body) : [];

/** The caller by any of the names that pages call people by. */
const isCaller = (userId: string, { caller }: Principal): boolean => [caller.sub, caller.email, 'me'].includes(userId);

/**
 * The routes of the first picture services, with their bodies, answers and shapes of errors, over the same use cases as
 * ours: for pages that were written for those. A token is needed, and everybody reaches only what is their own.
 */
export function foundingRoutes(services: ApiServices, identify: (req: Request) => Promise<Principal>): Router {
  const { ports, signed } = services;

  const upload = async (req: Request, who: Principal): Promise<Answer> => {
    const settings = picturesOf(services);
    const body = textsOf(await readJson(req));
    const missing = ['userId', ...fields].filter((name) => body[name] === undefined);
    const wrong = fields.find((name) => !printable.test(body[name] ?? ''));
    if (missing.length > 0) return answer(400, { error: `Bad Request: missing ${missing.join(', ')}` });
    if (wrong !== undefined)
      return answer(400, { error: `Bad Request: ${wrong} has more than 200 letters, or one that cannot be shown` });
    if (!isCaller(body.userId!, who)) return answer(404, { error: 'User not found' });
    const recipe = recipeNamed(settings.usualRecipe, settings);
    const labels = Object.fromEntries(fields.map((name) => [name, body[name]!]));
    const takesThem = { ...recipe, labels: [...new Set([...recipe.labels, ...fields])] };
    const picture = await addPicture({ owner: who.owner, recipe: takesThem, labels }, services);
    const options = { mostBytes: apiLimits.pictureBytes, expiresSeconds: picturesExpireSeconds };
    const { url } = await signed.signOpenPut(sentPictureRef(picture), options);
    return answer(200, { uuid: picture.id, uploadUrl: url });
  };

  const show = async (req: Request, who: Principal): Promise<Answer> => {
    const { pictures, agreements } = picturesOf(services);
    const userId = String(req.params.userId);
    const unknown = answer(404, { error: 'User not found' });
    if (!isCaller(userId, who)) return unknown;
    const person = await pictures.person(who.owner);
    const id = person.display?.id;
    const picture = id === undefined ? undefined : await pictures.get({ owner: who.owner, id });
    if (picture === undefined || !isShown(picture, person, await agreements.versions(), ports.clock.now()))
      return unknown;
    const name = { name: `${picture.id}.jpeg`, type: 'image/jpeg' };
    const download = await signPicture(resultPictureRef(picture), name, services);
    if (download === undefined) return unknown;
    const { theme = '', gender = '', skin = '' } = picture.labels;
    const story = picture.base?.story ?? '';
    return answer(200, { imageUrl: download.request.url, story, theme, gender, skin, uuid: picture.id, userId });
  };

  const agree = async (req: Request, who: Principal): Promise<Answer> => {
    const settings = picturesOf(services);
    const body = await readJson(req);
    const { id, name, agree: said, savedAt, userId } = textsOf(body);
    if (id === undefined || name === undefined || said === undefined || savedAt === undefined)
      return answer(400, { message: 'Missing required fields' });
    const isForOne = entriesOf(body).some(([key]) => key === 'userId'); // also where it is no text: it is not the caller then
    if (isForOne && (userId === undefined || !isCaller(userId, who))) return answer(404, { message: 'User not found' });
    const { consent } = recipeNamed(settings.usualRecipe, settings);
    const versions = currentVersions(await settings.agreements.versions());
    const asked = versions.filter(({ purposes }) => purposes.some((purpose) => consent.includes(purpose)));
    if (asked.length === 0) return answer(409, { message: 'There is no agreement text to agree to' });
    const picture = /([0-9a-f]{8})(?:\.jpeg)?$/.exec(id)?.[1];
    for (const version of asked) {
      const text = version.texts.find(({ language }) => language === 'en') ?? version.texts[0]!;
      const purposes = version.purposes.filter((purpose) => consent.includes(purpose));
      await decide(
        {
          ...{ owner: who.owner, version, text, purposes, agree: said === 'Y', name, claimedAt: savedAt },
          ...(picture !== undefined && { picture }),
        },
        services,
      );
    }
    return answer(200, { message: 'Item updated successfully' });
  };

  const styles = async (): Promise<Answer> => {
    const settings = picturesOf(services);
    const bases = await settings.bases.list(settings.usualRecipe);
    const seen = new Map(bases.map(({ labels }) => [JSON.stringify(labels), labels]));
    return answer(200, { styles: [...seen.values()] });
  };

  const serve = (word: 'error' | 'message', handle: (req: Request, who: Principal) => Promise<Answer>) => {
    return async (req: Request, res: Response): Promise<void> => {
      let given: Answer;
      try {
        const who = await identify(req);
        res.locals.owner = who.owner;
        given = await handle(req, who);
      } catch (error) {
        const problem = toProblem(error);
        if (problem.status >= 500) res.locals.error = error;
        res.set(problem.headers);
        given = answer(problem.status, { [word]: inWords(problem, word) });
      }
      res.status(given.status).json(given.body);
    };
  };
  const only = (word: 'error' | 'message', allow: string) => (req: Request, res: Response) => {
    if (req.method === 'OPTIONS') return void res.status(200).json({});
    res
      .status(405)
      .set('Allow', allow)
      .json({ [word]: 'Method Not Allowed' });
  };

  const router = Router({ caseSensitive: true, strict: true });
  router.post('/apis/images/upload', serve('error', upload)).all('/apis/images/upload', only('error', 'POST, OPTIONS'));
  router.get('/apis/images/:userId', serve('error', show)).all('/apis/images/:userId', only('error', 'GET, OPTIONS'));
  router.get('/apis/styles', serve('error', styles)).all('/apis/styles', only('error', 'GET, OPTIONS'));
  router.post('/agree', serve('message', agree)).all('/agree', only('message', 'POST, OPTIONS'));
  router.use('/apis', refuse); // a path that cannot be decoded
  return router;
}

const refuse: ErrorRequestHandler = (error, _req, res, _next) => {
  const problem = toProblem(error);
  res.status(problem.status).json({ error: inWords(problem, 'error') });
};

/** As those services worded them: a fault of ours, and a body that cannot be read. */
function inWords({ status, title, detail }: Problem, word: 'error' | 'message'): string {
  if (status >= 500) return word === 'error' ? `Internal server error: ${title}` : 'Internal server error';
  if (status === 400 || status === 415) return `Bad Request: ${detail}`;
  return `${title}: ${detail}`;
}

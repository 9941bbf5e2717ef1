import type { Express, NextFunction, Request, Response } from 'express';
import { clientIds } from './provider.ts';
import type { RouteContext } from './route-context.ts';

/** Pages that the issuer's own sign-in may come back to, by the `state` that it carries. */
const pages = { account: 'account', changed: 'account?changed', admin: 'admin', scripts: 'scripts' } as const;
export type PageName = keyof typeof pages;

/** Where `signInFirst` comes back to. */
export function backRoute(app: Express, { base }: RouteContext) {
  app.get('/back', (req, res) => {
    const state = String(req.query.state);
    res.redirect(303, `${base}/${Object.hasOwn(pages, state) ? pages[state as PageName] : pages.account}`);
  });
}

/** Handles a request of a user who is signed in; others sign in first, by the flow that every client uses. */
export const signInFirst =
  <T>(
    { base, issuer }: RouteContext,
    who: (req: Request, res: Response) => Promise<T | undefined>,
    page: (req: Request) => PageName,
    handle: (req: Request, res: Response, user: T) => Promise<void>,
  ) =>
  async (req: Request, res: Response, next: NextFunction) => {
    const user = await who(req, res);
    if (user !== undefined) return handle(req, res, user).catch(next);
    res.redirect(303, signInUrl({ base, issuer }, page(req)));
  };

/** Has the user sign in, unless they did within so many seconds, and then shows the page of their account. */
export const signInAgain = (routes: RouteContext, res: Response, withinSeconds: number): void =>
  res.redirect(303, `${signInUrl(routes, 'account')}&max_age=${withinSeconds}`);

const signInUrl = ({ base, issuer }: Pick<RouteContext, 'base' | 'issuer'>, state: PageName): string => {
  const query = {
    client_id: clientIds.own,
    response_type: 'none',
    scope: 'openid',
    redirect_uri: `${issuer}/back`,
    state,
  };
  return `${base}/authorize?${new URLSearchParams(query)}`;
};

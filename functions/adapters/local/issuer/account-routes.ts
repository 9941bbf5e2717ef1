import type { Express, Request, Response } from 'express';
import type { Upstream } from '../../../institutions/upstream.ts';
import type { Account } from '../../../ports/identity.ts';
import { type AccountView, accountPage } from './pages/account-pages.ts';
import { strings } from './pages/strings.ts';
import { type RouteContext, textOf } from './route-context.ts';
import { changePassword } from './sign-in.ts';
import { type PageName, signInFirst } from './sign-in-first.ts';
import type { Way } from './upstream/pages.ts';

/** A member's own page. */
export function accountRoutes(app: Express, routes: RouteContext, upstreams: readonly Upstream[]) {
  const { base, context, guard, show } = routes;

  const waysOf = (account: string): Way[] => {
    const identities = context.identities.of(account);
    return upstreams.map(({ id, row }) => {
      const known = identities.find(({ issuer }) => issuer === row.issuer);
      return { name: row.name, action: `${base}/account/with/${id}`, who: known && (known.address ?? known.subject) };
    });
  };
  const accountState = (req: Request): PageName => ('changed' in req.query ? 'changed' : 'account');
  const showAccount = (
    req: Request,
    res: Response,
    account: Account,
    { status = 200, ...more }: Partial<AccountView> & { status?: number } = {},
  ) =>
    show(
      res,
      accountPage({
        base,
        csrf: guard.token(req, res),
        account,
        changed: 'changed' in req.query,
        hasPassword: context.accounts.byId(account.id)?.password !== '',
        ways: waysOf(account.id),
        ...more,
      }),
      status,
    );
  app.get(
    '/account',
    signInFirst(routes, routes.signedIn, accountState, async (req, res, account) => showAccount(req, res, account)),
  );
  app.post(
    '/account',
    signInFirst(routes, routes.signedIn, accountState, async (req, res, account) => {
      const answer = await changePassword(
        { id: account.id, current: textOf(req, 'current'), wanted: textOf(req, 'wanted') },
        context,
      );
      if ('changed' in answer) return routes.arrive(req, res, { account: account.id, to: `${base}/account?changed` });
      if (answer.refused === 'throttled') {
        res.set('Retry-After', String(Math.ceil(answer.waitMs / 1000)));
        return showAccount(req, res, account, { fault: { text: strings.throttled(answer.waitMs) }, status: 429 });
      }
      const field = answer.refused === 'wrong' ? 'current' : 'wanted';
      showAccount(req, res, account, { fault: { field, text: strings.passwordFaults[answer.refused] }, status: 422 });
    }),
  );
}

import type { Express, Request, Response } from 'express';
import { Failure } from '../../../core/errors.ts';
import type { Account, Link } from '../../../ports/identity.ts';
import type { LocalAccounts } from './accounts.ts';
import { type AccountView, type AdminView, accountPage, adminPage, removePage } from './pages/account-pages.ts';
import { message } from './pages/layout.ts';
import { strings } from './pages/strings.ts';
import { type RouteContext, textOf } from './route-context.ts';
import { shownOnce } from './shown-once.ts';
import { changePassword } from './sign-in.ts';
import { type PageName, signInFirst } from './sign-in-first.ts';
import type { SendMail } from './sign-up-routes.ts';
import type { Way } from './upstream/pages.ts';
import type { Upstream } from './upstream/upstream.ts';

/** A member's own page, and the one where administrators manage members. */
export function accountRoutes(
  app: Express,
  routes: RouteContext,
  {
    accounts,
    plans,
    onPlanGiven,
    mail,
    upstreams,
  }: {
    accounts: LocalAccounts;
    plans: readonly string[];
    onPlanGiven(account: string): Promise<void>;
    mail: SendMail | undefined;
    upstreams: readonly Upstream[];
  },
) {
  const { base, context, guard, show } = routes;

  const signedIn = (
    page: (req: Request) => PageName,
    handle: (req: Request, res: Response, account: Account) => Promise<void>,
  ) => signInFirst(routes, routes.signedIn, page, handle);
  const administrator = (handle: (req: Request, res: Response, me: Account) => Promise<void>) =>
    signedIn(
      () => 'admin',
      async (req, res, me) =>
        me.admin ? handle(req, res, me) : show(res, message(strings.notAdmin, strings.notAdminText), 403),
    );

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
    signedIn(accountState, async (req, res, account) => showAccount(req, res, account)),
  );
  app.post(
    '/account',
    signedIn(accountState, async (req, res, account) => {
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

  const showAdmin = async (req: Request, res: Response, me: Account, more: Partial<AdminView> = {}) => {
    const view = {
      base,
      csrf: guard.token(req, res),
      me,
      accounts: await accounts.list(),
      invitations: await accounts.invitations(),
      plans,
    };
    show(res, adminPage({ ...view, done: 'done' in req.query, ...more }), more.fault === undefined ? 200 : 422);
  };
  const links = shownOnce<Link & { text: string }>(context.clock);
  /** A reload of the page that shows a link makes no second one. */
  const showLink = (res: Response, me: Account, made: Link & { text: string }) =>
    res.redirect(303, `${base}/admin?${new URLSearchParams({ made: links.keep(me.id, made) })}`);
  const refusing = async (req: Request, res: Response, me: Account, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await showAdmin(req, res, me, { fault: error.message });
    }
  };
  /** Says whether the link went out by mail; it is shown in any case. */
  const sendInvitation = async (to: string, url: string): Promise<string> => {
    if (mail === undefined) return strings.linkFor.invite;
    try {
      const { subject, text } = strings.mail.invited;
      await mail({ to, subject, text: text(url) });
      return strings.linkFor.mailed(to);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return strings.linkFor.notMailed(to, error.advice.why);
    }
  };
  app.get(
    '/admin',
    administrator(async (req, res, me) => {
      if (!('made' in req.query)) return showAdmin(req, res, me);
      const made = links.take(me.id, String(req.query.made));
      await showAdmin(req, res, me, made === undefined ? { shownBefore: true } : { made });
    }),
  );
  app.post(
    '/admin/invite',
    administrator((req, res, me) =>
      refusing(req, res, me, async () => {
        const email = textOf(req, 'email').trim();
        const made = await accounts.invite({
          ...(email === '' ? {} : { email }),
          admin: textOf(req, 'admin') === 'yes',
          ...planOf(req),
        });
        const text = email === '' ? strings.linkFor.invite : await sendInvitation(email, made.url);
        showLink(res, me, { ...made, text });
      }),
    ),
  );
  app.post(
    '/admin/accounts/:id',
    administrator((req, res, me) =>
      refusing(req, res, me, async () => {
        const account = await accounts.find(String(req.params.id));
        const { id } = account;
        const action = textOf(req, 'action');
        if (action === 'reset') {
          const made = await accounts.resetLink(id);
          return showLink(res, me, { ...made, text: strings.linkFor.reset(account.email) });
        }
        const actions: Record<string, () => Promise<unknown>> = {
          enable: () => accounts.enable(id),
          disable: () => accounts.disable(id),
          'make-admin': () => accounts.setAdmin(id, true),
          'drop-admin': () => accounts.setAdmin(id, false),
          ...(id !== me.id && { remove: () => accounts.remove(id), forget: () => accounts.remove(id) }),
          plan: async () => {
            await accounts.setPlan(id, planOf(req).plan);
            await onPlanGiven(id);
          },
        };
        if (!Object.hasOwn(actions, action))
          throw new Failure('accountInvalid', { detail: 'the form names no known action' });
        await actions[action]!();
        // What is left of the person is the API's, and the page asks it.
        res.redirect(303, action === 'forget' ? `/lab?${new URLSearchParams({ forget: id })}` : `${base}/admin?done`);
      }),
    ),
  );
  app.get(
    '/admin/accounts/:id/remove',
    administrator((req, res, me) =>
      refusing(req, res, me, async () => {
        const account = await accounts.find(String(req.params.id));
        show(res, removePage({ base, csrf: guard.token(req, res), me, account }));
      }),
    ),
  );
  app.post(
    '/admin/invitations/:id',
    administrator((req, res, me) =>
      refusing(req, res, me, async () => {
        await accounts.revokeInvitation(String(req.params.id));
        res.redirect(303, `${base}/admin?done`);
      }),
    ),
  );
}

const planOf = (req: Request): { plan?: string } => {
  const plan = textOf(req, 'plan');
  return plan === '' ? {} : { plan };
};

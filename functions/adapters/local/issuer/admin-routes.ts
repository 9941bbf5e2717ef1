import type { Express, Request, Response } from 'express';
import { Failure } from '../../../core/errors.ts';
import type { Account, Link } from '../../../ports/identity.ts';
import type { LocalAccounts } from './accounts.ts';
import { type AdminView, adminPage, removePage } from './pages/account-pages.ts';
import { message } from './pages/layout.ts';
import { strings } from './pages/strings.ts';
import { type RouteContext, textOf } from './route-context.ts';
import { shownOnce } from './shown-once.ts';
import { type PageName, signInFirst } from './sign-in-first.ts';
import type { SendMail } from './sign-up-routes.ts';

/** Whom the administrators' page is about. */
interface Managed {
  accounts: LocalAccounts;
  plans: readonly string[];
  onPlanGiven(account: string): Promise<void>;
  mail: SendMail | undefined;
}

/** The page where administrators manage members. */
export function adminRoutes(app: Express, routes: RouteContext, people: Managed) {
  const { base, context, guard, show } = routes;
  const { accounts, plans } = people;

  const administrator = (handle: (req: Request, res: Response, me: Account) => Promise<void>) =>
    signInFirst(
      routes,
      routes.signedIn,
      (): PageName => 'admin',
      async (req, res, me) =>
        me.admin ? handle(req, res, me) : show(res, message(strings.notAdmin, strings.notAdminText), 403),
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
        const text = email === '' ? strings.linkFor.invite : await sendInvitation(email, made.url, people.mail);
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
        await act(action, { id, mine: id === me.id, plan: planOf(req).plan }, people);
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

/** Does what the form of an account says. Nobody removes their own. */
async function act(
  action: string,
  { id, mine, plan }: { id: string; mine: boolean; plan: string | undefined },
  { accounts, onPlanGiven }: Managed,
): Promise<void> {
  const actions: Record<string, () => Promise<unknown>> = {
    enable: () => accounts.enable(id),
    disable: () => accounts.disable(id),
    'make-admin': () => accounts.setAdmin(id, true),
    'drop-admin': () => accounts.setAdmin(id, false),
    ...(!mine && { remove: () => accounts.remove(id), forget: () => accounts.remove(id) }),
    plan: async () => {
      await accounts.setPlan(id, plan);
      await onPlanGiven(id);
    },
  };
  if (!Object.hasOwn(actions, action))
    throw new Failure('accountInvalid', { detail: 'the form names no known action' });
  await actions[action]!();
}

/** Says whether the link went out by mail; it is shown in any case. */
async function sendInvitation(to: string, url: string, mail: SendMail | undefined): Promise<string> {
  if (mail === undefined) return strings.linkFor.invite;
  try {
    const { subject, text } = strings.mail.invited;
    await mail({ to, subject, text: text(url) });
    return strings.linkFor.mailed(to);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return strings.linkFor.notMailed(to, error.advice.why);
  }
}

const planOf = (req: Request): { plan?: string } => {
  const plan = textOf(req, 'plan');
  return plan === '' ? {} : { plan };
};

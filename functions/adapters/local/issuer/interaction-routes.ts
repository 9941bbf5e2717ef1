import type { Express, Request, Response } from 'express';
import type { Upstream } from '../../../institutions/upstream.ts';
import type { AccessLink } from './access-link.ts';
import { consentPage, oncePage, signInPage } from './pages/sign-in-pages.ts';
import { strings } from './pages/strings.ts';
import type { FindSubject, Subject } from './provider.ts';
import { protect, type RouteContext, textOf } from './route-context.ts';
import { type SignInRefusal, signIn } from './sign-in.ts';

export interface InteractionOptions {
  /** Without accounts: the links that let in, and whom. */
  onePerson?: { accessLink: AccessLink; account: string } | undefined;
  /** Whether the policy lets strangers sign up. */
  signUp: boolean;
  /** Institutions that people may sign in with. */
  upstreams: readonly Upstream[];
  findSubject: FindSubject;
}

/** The pages in the middle of a sign-in: who are you, and may this program work for you? */
export function interactionRoutes(
  app: Express,
  routes: RouteContext,
  { onePerson, signUp, upstreams, findSubject }: InteractionOptions,
) {
  const { base, context, guard, provider, show } = routes;
  const path = '/interaction/:uid';

  const details = (req: Request, res: Response) => provider.interactionDetails(req, res); // throws SessionNotFound
  const links = (uid: string) => ({
    signUp: signUp ? `${base}/interaction/${uid}/sign-up` : undefined,
    forgotten: `${base}/forgotten`,
    ways: upstreams.map(({ id, row }) => ({ href: `${base}/interaction/${uid}/with/${id}`, name: row.name })),
  });

  app.get(path, async (req, res) => {
    const { prompt, uid, session, params } = await details(req, res);
    const form = { action: `${base}/interaction/${uid}`, csrf: guard.token(req, res) };
    if (prompt.name === 'consent') {
      protect(res, [new URL(String(params.redirect_uri)).origin]);
      return show(res, consentPage({ ...form, who: nameOf(findSubject(session!.accountId)) }));
    }
    const arrived = routes.arrived(req, res);
    if (arrived !== undefined && findSubject(arrived.account) !== undefined)
      return routes.letIn(req, res, arrived.account, arrived.amr);
    if (onePerson !== undefined) return show(res, oncePage(form));
    const hint = prompt.details.login_hint;
    show(res, signInPage({ ...form, ...(typeof hint === 'string' ? { email: hint } : {}), ...links(uid) }));
  });

  app.post(path, async (req, res) => {
    const { prompt, uid } = await details(req, res);
    const form = { action: `${base}/interaction/${uid}`, csrf: guard.token(req, res) };
    if (prompt.name === 'consent') {
      const result =
        textOf(req, 'answer') === 'yes'
          ? { consent: {} }
          : { error: 'access_denied', error_description: 'the user said no' };
      return provider.interactionFinished(req, res, result, { mergeWithLastSubmission: true });
    }
    if (onePerson !== undefined) {
      if (onePerson.accessLink.admits(secretIn(textOf(req, 'link'))))
        return routes.letIn(req, res, onePerson.account, 'link');
      return show(res, oncePage({ ...form, fault: strings.onceWrong }), 403);
    }
    const email = textOf(req, 'email');
    const answer = await signIn(
      {
        email,
        password: textOf(req, 'password'),
        address: routes.addressOf(req),
        browser: routes.browsers.idOf(req, email),
      },
      context,
    );
    if ('account' in answer) {
      routes.browsers.remember(res, answer.account.email);
      return routes.letIn(req, res, answer.account.id, 'pwd');
    }
    if (answer.refused === 'throttled') res.set('Retry-After', String(Math.ceil(answer.waitMs / 1000)));
    const status = answer.refused === 'throttled' ? 429 : 403;
    show(res, signInPage({ ...form, email, fault: refusalText(answer), ...links(uid) }), status);
  });
}

const nameOf = (subject: Subject | undefined): string => subject?.email ?? strings.owner;

const refusalText = (answer: SignInRefusal): string => {
  if (answer.refused === 'throttled') return strings.throttled(answer.waitMs);
  return answer.refused === 'wrong' ? strings.signInWrong : strings.signInRefused[answer.refused];
};

/** People paste the whole link, or only its end. */
const secretIn = (text: string): string => /(?:token=|^)([\w-]{43})(?=$|[&#\s])/.exec(text.trim())?.[1] ?? '';

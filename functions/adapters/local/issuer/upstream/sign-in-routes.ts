import type { Express, Request, Response } from 'express';
import { personOf } from '../../../../institutions/person.ts';
import { message } from '../pages/layout.ts';
import { strings as issuerStrings } from '../pages/strings.ts';
import type { SignUpPolicy } from '../sign-up.ts';
import { admit } from './admit.ts';
import type { AskToJoin } from './join-routes.ts';
import { methodOf } from './purpose.ts';
import { strings } from './strings.ts';
import type { UpstreamContext } from './upstream-context.ts';

export interface SignInRoutesOptions {
  policy: SignUpPolicy;
  /** Where a new member goes, to sign in from there. */
  home: string;
  askToJoin: AskToJoin;
}

/** Signing in with an institution, from the sign-in page or from an invitation, and signing out of it. */
export function upstreamSignInRoutes(
  app: Express,
  { about, begin, refuse, expired, onError, routes }: UpstreamContext,
  { policy, home, askToJoin }: SignInRoutesOptions,
) {
  const { base, context, guard, provider, show } = routes;
  const { oneTimeTokens } = context;

  app.get(
    '/interaction/:uid/with/:id',
    about(async (req, res, upstream) => {
      const { uid } = await provider.interactionDetails(req, res); // throws SessionNotFound
      await begin(req, res, upstream, { purpose: { kind: 'signIn', uid } });
    }),
  );
  app.get(
    '/invite/with/:id',
    about(async (req, res, upstream) => {
      const invitation = oneTimeTokens.idOf('invite', textIn(req, 'token'));
      if (invitation !== undefined) return begin(req, res, upstream, { purpose: { kind: 'invite', invitation } });
      show(res, message(issuerStrings.invitationGone, issuerStrings.invitationGoneText), 410);
    }),
  );

  app.get(
    '/with/:id/back',
    about(async (req, res, upstream) => {
      const state = textIn(req, 'state');
      const begun = oneTimeTokens.take('upstream', state);
      // Begun here, in this browser, with this institution, and not used before.
      if (begun === undefined || begun.row !== upstream.id || begun.browser !== guard.token(req, res))
        return expired(res, { href: '/', text: strings.again });
      const { purpose, account, nonce, verifier } = begun;
      const query = new URL(req.originalUrl, routes.issuer).searchParams.toString();
      const person = personOf(upstream.row, await upstream.finish(query, { state, nonce, verifier }));
      if ('refused' in person) return refuse(res, upstream, person.refused, purpose);
      if (purpose.kind === 'join') return askToJoin(req, res, upstream, { person, account: account! });
      const invitation = purpose.kind === 'invite' ? purpose.invitation : undefined;
      const admission = admit(person, { policy, invitation }, context);
      if ('refused' in admission) return refuse(res, upstream, admission.refused, purpose);
      const to = purpose.kind === 'signIn' ? `${base}/interaction/${purpose.uid}` : home;
      await routes.arrive(req, res, { account: admission.id, to, amr: methodOf(upstream.id) });
    }),
  );

  const signOut = async (res: Response, upstream: Parameters<typeof begin>[2]) => {
    const { name } = upstream.row;
    const there = await upstream.signOutUrl().catch(onError);
    const link = typeof there === 'string' ? { href: there, text: strings.signOutThere(name) } : undefined;
    show(res, message(strings.signedOutHere, strings.signOutStays(name), link));
  };
  app.post(
    '/with/:id/sign-out',
    about(async (req, res, upstream) => {
      await routes.endSession(req, res);
      await signOut(res, upstream);
    }),
  );
}

const textIn = ({ query }: Request, name: string): string => {
  const value = query[name];
  return typeof value === 'string' ? value : '';
};

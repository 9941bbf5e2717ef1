import type { Express, Request, Response } from 'express';
import type { Person } from '../../../../institutions/person.ts';
import type { Upstream } from '../../../../institutions/upstream.ts';
import { message } from '../pages/layout.ts';
import { strings as issuerStrings } from '../pages/strings.ts';
import { signInAgain } from '../sign-in-first.ts';
import { join, leave } from './admit.ts';
import { joinPage } from './pages.ts';
import { strings } from './strings.ts';
import type { UpstreamContext } from './upstream-context.ts';

/** Seconds: whoever connects an account with an institution must have signed in to it so lately. */
const recentSeconds = 600;

/** Asks the person who has just come back from an institution whether the account is to be connected with it. */
export type AskToJoin = (
  req: Request,
  res: Response,
  upstream: Upstream,
  about: { person: Person; account: string },
) => Promise<void>;

/** Connecting an account with an institution, which takes a sign-in to both, and disconnecting it. */
export function joinRoutes(
  app: Express,
  { about, backTo, begin, expired, refuse, routes }: UpstreamContext,
): { askToJoin: AskToJoin } {
  const { base, context, guard, show } = routes;
  const { oneTimeTokens } = context;
  const toAccount = backTo({ kind: 'join' });

  app.get(
    '/account/with/:id',
    about(async (req, res, upstream) => {
      const me = await routes.signedIn(req, res, recentSeconds);
      if (me === undefined) return signInAgain(routes, res, recentSeconds);
      await begin(req, res, upstream, { purpose: { kind: 'join' }, account: me.id });
    }),
  );

  app.post(
    '/account/with/:id',
    about(async (req, res, upstream) => {
      const me = await routes.signedIn(req, res);
      if (me === undefined) return signInAgain(routes, res, recentSeconds);
      const { join: secret } = req.query;
      if (typeof secret !== 'string') {
        if (leave(upstream.row.issuer, me.id, context)) return res.redirect(303, `${base}/account`);
        return show(res, message(issuerStrings.account, strings.lastWay, toAccount), 422);
      }
      const asked = oneTimeTokens.take('join', secret);
      if (asked?.account !== me.id || asked.person.issuer !== upstream.row.issuer) return expired(res, toAccount);
      const admission = join(asked.person, me.id, context);
      if ('refused' in admission) return refuse(res, upstream, admission.refused, { kind: 'join' });
      res.redirect(303, `${base}/account`);
    }),
  );

  return {
    async askToJoin(req, res, upstream, { person, account }) {
      const me = await routes.signedIn(req, res);
      if (me?.id !== account) return signInAgain(routes, res, recentSeconds);
      const { secret } = oneTimeTokens.issue('join', { account, person });
      const page = joinPage({
        action: `${base}/account/with/${upstream.id}?${new URLSearchParams({ join: secret })}`,
        csrf: guard.token(req, res),
        name: upstream.row.name,
        who: person.address ?? person.name ?? person.subject,
        email: me.email,
        cancel: `${base}/account`,
      });
      show(res, page);
    },
  };
}

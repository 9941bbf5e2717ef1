import { randomBytes } from 'node:crypto';
import type { Request, Response } from 'express';
import { Failure } from '../../../../core/errors.ts';
import type { Upstream } from '../../../../institutions/upstream.ts';
import { message } from '../pages/layout.ts';
import { strings as issuerStrings } from '../pages/strings.ts';
import type { RouteContext } from '../route-context.ts';
import type { Refusal } from './admit.ts';
import type { UpstreamPurpose } from './purpose.ts';
import { strings } from './strings.ts';

export interface UpstreamContextOptions {
  routes: RouteContext;
  upstreams: readonly Upstream[];
  /** Trouble with an institution, for the log. */
  onError: (error: unknown) => void;
}

export type UpstreamHandler = (req: Request, res: Response, upstream: Upstream) => Promise<void>;

/** What the routes of institutions share: how a sign-in begins, and what is said where it does not end well. */
export function openUpstreamContext({ routes, upstreams, onError }: UpstreamContextOptions) {
  const { base, context, guard, show } = routes;

  const backTo = (purpose: UpstreamPurpose) => {
    if (purpose.kind === 'join') return { href: `${base}/account`, text: strings.toAccount };
    return { href: purpose.kind === 'signIn' ? `${base}/interaction/${purpose.uid}` : '/', text: strings.again };
  };

  const explain = (res: Response, { row: { name } }: Upstream, failure: Failure) => {
    const link = { href: '/', text: strings.again };
    if (failure.code === 'signInDenied')
      return show(res, message(strings.notSignedIn(name), strings.denied(failure.advice.why), link), 403);
    onError(failure);
    show(res, message(strings.notSignedIn(name), strings.unreachable(name), link), 502);
  };

  return {
    routes,
    backTo,
    onError,
    /** Handles a request about an institution that there is; its trouble is shown, and what is not the user's is logged. */
    about: (handle: UpstreamHandler) => async (req: Request, res: Response) => {
      const upstream = upstreams.find(({ id }) => id === req.params.id);
      if (upstream === undefined) return show(res, message(issuerStrings.missing, ''), 404);
      try {
        await handle(req, res, upstream);
      } catch (error) {
        const known = error instanceof Failure && (error.code === 'signInDenied' || error.code === 'signInUpstream');
        if (!known) throw error;
        explain(res, upstream, error);
      }
    },
    /** Sends the browser to the institution; what must come back belongs to this browser. */
    async begin(
      req: Request,
      res: Response,
      upstream: Upstream,
      { purpose, account }: { purpose: UpstreamPurpose; account?: string },
    ) {
      const [nonce, verifier] = [randomText(), randomText()];
      const browser = guard.token(req, res);
      const details = { row: upstream.id, nonce, verifier, browser, purpose };
      const { secret: state } = context.oneTimeTokens.issue(
        'upstream',
        account === undefined ? details : { ...details, account },
      );
      res.redirect(303, await upstream.begin({ state, nonce, verifier }));
    },
    refuse: (res: Response, { row: { name } }: Upstream, refused: Refusal, purpose: UpstreamPurpose) =>
      show(res, message(strings.notSignedIn(name), strings.refusals[refused], backTo(purpose)), 403),
    expired: (res: Response, link: { href: string; text: string }) =>
      show(res, message(issuerStrings.expired, issuerStrings.expiredText, link), 400),
  };
}

export type UpstreamContext = ReturnType<typeof openUpstreamContext>;

/** 256 random bits, base64url. */
const randomText = (): string => randomBytes(32).toString('base64url');

import type { Request, Response } from 'express';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Account } from '../../../ports/identity.ts';
import { clientAddress } from './client-address.ts';
import { cookieNames, cookieOf } from './cookies.ts';
import { type FormGuard, formGuard } from './form-guard.ts';
import type { IssuerContext } from './issuer-context.ts';
import { type KnownBrowsers, knownBrowsers } from './known-browsers.ts';
import { layout, type Page } from './pages/layout.ts';

/** What the routes share: who is signed in, what a response carries, how a browser is let in. */
export interface RouteContext {
  context: IssuerContext;
  provider: Provider;
  guard: FormGuard;
  /** `https://lab.example/auth`, and its path. */
  issuer: string;
  base: string;
  show(res: Response, page: Page, status?: number): void;
  /** Has this browser a session here, signed in or not? The provider fails on a form that comes without one. */
  hasSession(req: Request, res: Response): Promise<boolean>;
  /** Whose session this browser has, whether or not it may still sign in. */
  sessionAccount(req: Request, res: Response): Promise<string | undefined>;
  /** The active account of this browser's session; with `withinSeconds` only if it signed in so lately. */
  signedIn(req: Request, res: Response, withinSeconds?: number): Promise<Account | undefined>;
  /** Ends the sign-in that the request belongs to: it was this account. `amr`: how it showed that (RFC 8176, `link`, or as upstream/purpose.ts says). */
  letIn(req: Request, res: Response, account: string, amr: string): Promise<void>;
  /** Sends the browser on so that the next sign-in takes it in as this account; a session of another one ends. */
  arrive(req: Request, res: Response, arrival: { account: string; to: string; amr?: string }): Promise<void>;
  /** Signs this browser out here. */
  endSession(req: Request, res: Response): Promise<void>;
  /** Network address of who asks. */
  addressOf(req: Request): string;
  browsers: KnownBrowsers;
  /** The account that `arrive` announced, once. */
  arrived(req: Request, res: Response): { account: string; amr: string } | undefined;
}

export interface RouteContextOptions {
  issuer: string;
  secret: string;
  context: IssuerContext;
  provider: Provider;
}

export function openRouteContext({ issuer, secret, context, provider }: RouteContextOptions): RouteContext {
  const { origin, hostname, pathname: base } = new URL(issuer);
  const names = cookieNames(issuer);
  const cookie = { httpOnly: true, sameSite: 'lax', secure: origin.startsWith('https:'), path: base } as const;
  const sessionOf = (req: Request, res: Response) =>
    provider.Session.get(provider.createContext(req, res) as KoaContextWithOIDC);

  return {
    context,
    provider,
    issuer,
    base,
    addressOf: (req) => clientAddress(req, hostname),
    browsers: knownBrowsers({ prefix: names.known, secret, cookie }),
    guard: formGuard({ cookie: names.form, origin, path: base, secret }),
    show(res, page, status = 200) {
      res.status(status).type('html').send(layout(base, page));
    },
    hasSession: async (req, res) => (await sessionOf(req, res)).exp !== undefined, // of a stored one
    sessionAccount: async (req, res) => (await sessionOf(req, res)).accountId,
    async signedIn(req, res, withinSeconds = Number.POSITIVE_INFINITY) {
      const { accountId, loginTs = 0 } = await sessionOf(req, res);
      if (context.clock.now() / 1000 - loginTs > withinSeconds) return undefined;
      const account = context.accounts.byId(accountId ?? '');
      return account?.state === 'active' ? account : undefined;
    },
    async letIn(req, res, account, amr) {
      context.database.write(() => {
        const known = context.accounts.byId(account); // the one person has no row
        if (known !== undefined) context.accounts.update(known, { lastSignInAt: context.clock.now() });
      });
      await provider.interactionFinished(
        req,
        res,
        { login: { accountId: account, amr: [amr] } },
        { mergeWithLastSubmission: false },
      );
    },
    async arrive(req, res, { account, to, amr = 'link' }) {
      const session = await sessionOf(req, res);
      if (session.accountId !== undefined && session.accountId !== account) await session.destroy();
      res.cookie(names.arrival, context.oneTimeTokens.issue('arrival', { account, amr }).secret, cookie);
      res.redirect(303, to);
    },
    endSession: async (req, res) => (await sessionOf(req, res)).destroy(),
    arrived(req, res) {
      const given = cookieOf(req, names.arrival);
      if (given === undefined) return undefined;
      res.clearCookie(names.arrival, cookie);
      return context.oneTimeTokens.take('arrival', given);
    },
  };
}

/**
 * Nothing of these pages comes from elsewhere, runs inline, is framed or cached. `formTargets`: other origins that a form
 * may end at; browsers hold form-action against redirects too.
 */
export function protect(res: Response, formTargets: readonly string[] = []): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    'img-src data:',
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  res.set({
    'Content-Security-Policy': policy.join(';'),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin', // no-referrer would take the Origin from our own forms
    'Cache-Control': 'no-store',
  });
}

/** The text of a form's field; a field sent twice or as a file is empty. */
export const textOf = (req: Request, name: string): string => {
  const value = (req.body as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

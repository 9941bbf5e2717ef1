import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { JSONWebKeySet } from 'jose';
import type { RequestBounds } from '../../../http/request-bounds.ts';
import { openUpstream } from '../../../institutions/upstream.ts';
import { type Clock, systemClock } from '../../../ports/clock.ts';
import type { SignInWith } from '../../../stack/sign-in-with.ts';
import { openAccessLink } from './access-link.ts';
import { accountRoutes } from './account-routes.ts';
import { type LocalAccounts, localAccounts, localOwner } from './accounts.ts';
import { adminRoutes } from './admin-routes.ts';
import { boundRequests, usualBounds } from './bound-requests.ts';
import { interactionRoutes } from './interaction-routes.ts';
import { openIssuerContext } from './issuer-context.ts';
import { openIssuerDatabase } from './issuer-database.ts';
import { issuerKeys, publicKeys, signingAlgorithm } from './issuer-keys.ts';
import { linkTo } from './links.ts';
import { message } from './pages/layout.ts';
import { providerPages, type SignOutUpstream } from './pages/provider-pages.ts';
import { strings } from './pages/strings.ts';
import { style, submitScript } from './pages/style.ts';
import { Overloaded, type ScryptCost } from './password.ts';
import { apiScope, clientIds, type FindSubject, openProvider, scopes } from './provider.ts';
import { openRouteContext, protect } from './route-context.ts';
import { scriptRoutes } from './script-routes.ts';
import { openScriptTokens } from './script-tokens.ts';
import { backRoute } from './sign-in-first.ts';
import type { SignUpPolicy } from './sign-up.ts';
import { type SendMail, signUpRoutes } from './sign-up-routes.ts';
import { addressKey } from './throttle.ts';
import { joinRoutes } from './upstream/join-routes.ts';
import { upstreamOfSession } from './upstream/purpose.ts';
import { upstreamSignInRoutes } from './upstream/sign-in-routes.ts';
import { openUpstreamContext } from './upstream/upstream-context.ts';

/** Where the issuer is mounted. */
export const issuerPath = '/auth';

export interface IssuerOptions {
  /** The origin that browsers use, without path: `http://127.0.0.1:8080`. */
  url: string;
  /** `accounts.db` and `issuer-keys.json` lie here. */
  dataFolder: string;
  /** False: one person, who comes by a link; true: accounts. Changing it signs everybody out. */
  users: boolean;
  /** Default: by invitation. */
  signUp?: SignUpPolicy;
  /** Institutions that people may sign in with, each with the secret of its client; for accounts only. */
  signInWith?: readonly { row: SignInWith; secret: string }[];
  /** Plans that administrators can choose from. */
  plans?: readonly string[];
  /** After an administrator gave an account (its id) a plan on the page of members. */
  onPlanGiven?(account: string): Promise<void>;
  /** Paths of the page that a sign-in (or silent sign-in) and a sign-out may come back to. */
  pagePaths?: { signedIn: readonly string[]; signedOut: readonly string[] };
  /** Sends a mail; absent: links are handed over by administrators. */
  mail?: SendMail;
  /** Default: `usualBounds`. */
  bounds?: RequestBounds;
  /** Bugs and trouble of the machine; whoever signs in sees only that something went wrong. */
  onError: (error: unknown) => void;
  clock?: Clock;
  /** Cheaper in tests. */
  passwordCost?: ScryptCost;
}

interface IssuerConfig {
  issuer: string;
  clientId: string;
  cliClientId: string;
  jwksUri: string;
  scopes: readonly string[];
  audience: string;
  scope: string;
  algorithm: 'ES256';
}

export interface Issuer extends AsyncDisposable {
  /** To be mounted at `issuerPath`; it is also a whole request handler of paths below it. */
  readonly app: Express;
  readonly config: IssuerConfig;
  /** May this owner have and use tokens now? */
  isActive(owner: string): boolean;
  /** The public keys: the API of the same process need not fetch them. */
  readonly keys: JSONWebKeySet;
  readonly accounts: LocalAccounts;
  /** One person: a link for one visit, to start a browser with. */
  oneTimeLink(): string;
  /** One person: a link that is good while this process lives, to print. */
  standingLink(): string;
}

/** The sign-in service of a machine: OpenID Connect with its own pages and accounts. */
export async function openIssuer(options: IssuerOptions): Promise<Issuer> {
  const {
    url,
    dataFolder,
    users,
    clock = systemClock,
    bounds = usualBounds,
    signUp: policy = { kind: 'invite' },
  } = options;
  const { origin } = new URL(url);
  const issuer = origin + issuerPath;
  const audience = `${origin}/v1`;
  const home = `/?${new URLSearchParams({ iss: issuer })}`; // OpenID Connect Core, section 4: the page starts a sign-in
  const paths = options.pagePaths ?? { signedIn: ['/signed-in', '/signed-in-silently'], signedOut: ['/'] };

  const keys = await issuerKeys(dataFolder);
  const database = openIssuerDatabase(dataFolder);
  const context = openIssuerContext(database, clock, options.passwordCost);
  if (context.settings.change('mode', users ? 'users' : 'one person') === 'changed') context.providerStore.forgetAll();
  context.settings.change('issuer', issuer); // where links of openAccounts lead

  const findSubject: FindSubject = (id) => {
    if (!users) return id === localOwner ? { id, admin: true } : undefined;
    const account = context.accounts.byId(id);
    return account?.state === 'active' ? account : undefined;
  };
  const provider = openProvider({
    issuer,
    audience,
    redirectUris: paths.signedIn.map((path) => origin + path),
    postLogoutRedirectUris: paths.signedOut.map((path) => origin + path),
    keys,
    context,
    pages: providerPages(issuerPath, (ctx) => signOutUpstream(ctx)),
    findSubject,
  });
  provider.on('server_error', (_ctx, error) => options.onError(error));
  const routes = openRouteContext({ issuer, secret: keys.secret, context, provider });
  const accounts = localAccounts(context, issuer);
  const accessLink = openAccessLink(clock);
  const upstreams = (options.signInWith ?? []).map((one) => openUpstream({ ...one, issuer, clock }));
  const signOutUpstream: SignOutUpstream = ({ oidc, req, res }) => {
    const upstream = upstreams.find(({ id }) => id === upstreamOfSession(oidc.session?.amr));
    if (upstream === undefined) return undefined;
    // Express gave the provider its own request and response.
    const csrf = routes.guard.token(req as Request, res as Response);
    return { action: `${issuerPath}/with/${upstream.id}/sign-out`, csrf, name: upstream.row.name };
  };

  const app = express();
  app.disable('x-powered-by');
  app.use((_req, res, next) => {
    protect(res);
    next();
  });
  boundRequests(app, routes, { bounds, clock });
  app.get('/style.css', (_req, res) => void res.set('Cache-Control', 'no-cache').type('css').send(style));
  app.get('/submit.js', (_req, res) => void res.set('Cache-Control', 'no-cache').type('js').send(submitScript));
  const ownForms = ['/interaction', '/with', '/invite', '/reset', '/forgotten', '/account', '/admin', '/scripts'];
  app.post(
    ownForms.flatMap((path) => [path, `${path}/*rest`]),
    express.urlencoded({ extended: false, limit: '16kb' }),
    (req, res, next) => {
      if (routes.guard.isOurs(req)) return next();
      routes.show(res, message(strings.notOurs, strings.notOursText), 403);
    },
  );
  interactionRoutes(app, routes, {
    onePerson: users ? undefined : { accessLink, account: localOwner },
    signUp: users && policy.kind !== 'invite',
    upstreams,
    findSubject,
  });
  backRoute(app, routes);
  scriptRoutes(app, routes, { tokens: openScriptTokens(provider, context, audience), findSubject });
  if (users) {
    const { mail, plans = [], onPlanGiven = async () => {}, onError } = options;
    const upstreamContext = openUpstreamContext({ routes, upstreams, onError });
    upstreamSignInRoutes(app, upstreamContext, { policy, home, ...joinRoutes(app, upstreamContext) });
    signUpRoutes(app, routes, { policy, mail, home, upstreams });
    accountRoutes(app, routes, upstreams);
    adminRoutes(app, routes, { accounts, plans, onPlanGiven, mail });
  } else {
    app.get('/once', async (req, res) => {
      const given = typeof req.query.token === 'string' ? req.query.token : '';
      if (accessLink.admits(given)) return routes.arrive(req, res, { account: localOwner, to: home });
      routes.show(res, message(strings.once, strings.onceWrong), 403);
    });
    app.get('/account', (_req, res) => {
      const link = { href: `${issuerPath}/scripts`, text: strings.scripts };
      routes.show(res, message(strings.account, strings.onePerson, link));
    });
  }
  const withSession: RequestHandler = async (req, res, next) => {
    if (await routes.hasSession(req, res)) return next();
    routes.show(res, message(strings.expired, strings.expiredText), 400);
  };
  app.get('/device/:uid', withSession);
  app.post('/device', withSession, async (req, res, next) => {
    // User codes are short, so guesses are counted (RFC 8628, section 5.1).
    const key = addressKey(routes.addressOf(req));
    const waitMs = context.throttle.attempt([key]);
    if (waitMs > 0) return routes.show(res, message(strings.device, strings.throttled(waitMs)), 429);
    res.on('finish', () => res.statusCode < 400 && context.throttle.succeed([key]));
    next();
  });
  const callback = provider.callback();
  app.use(async (req, res) => void (await callback(req, res)));
  app.use((error: Error, _req: Request, res: Response, _next: NextFunction) => {
    if (res.statusCode === 408 && res.headersSent) return; // the body was too slow, and its sender knows
    const link = { href: '/', text: strings.toService };
    if (error.name === 'SessionNotFound')
      return routes.show(res, message(strings.expired, strings.expiredText, link), 400);
    if (error instanceof Overloaded) {
      res.set('Retry-After', '60');
      return routes.show(res, message(strings.overloaded, strings.overloadedText, link), 503);
    }
    const status = (error as { status?: number }).status ?? 500; // of the body parser
    if (status < 500) return routes.show(res, message(strings.requestRefused, error.message, link), status);
    options.onError(error);
    if (res.writableEnded) return; // the answer was given before the trouble
    if (res.headersSent) return void res.destroy();
    routes.show(res, message(strings.broken, strings.brokenText, link), 500);
  });

  return {
    app,
    config: {
      issuer,
      clientId: clientIds.page,
      cliClientId: clientIds.cli,
      jwksUri: `${issuer}/jwks`,
      scopes,
      audience,
      scope: apiScope,
      algorithm: signingAlgorithm,
    },
    isActive: (owner) => findSubject(owner) !== undefined,
    keys: publicKeys(keys),
    accounts,
    oneTimeLink: () => linkTo(issuer, 'once', accessLink.once()),
    standingLink: () => linkTo(issuer, 'once', accessLink.standing),
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
    },
  };
}

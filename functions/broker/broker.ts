import { openUpstream, type Upstream } from '../institutions/upstream.ts';
import type { Clock } from '../ports/clock.ts';
import type { OneTimeStore } from '../ports/one-time-store.ts';
import { type BrokerSecrets, brokerIssuer, brokerPath, brokerSecrets } from '../stack/sign-in-broker.ts';
import { rowId, type SignInWith } from '../stack/sign-in-with.ts';
import { type BrokerAnswer, type BrokerRequest, json } from './answers.ts';
import type { BrokerContext } from './broker-context.ts';
import { authorize, back } from './browser-routes.ts';
import { description, token, userinfo } from './client-routes.ts';
import { signedStore } from './signed-store.ts';
import { openSigner, type Signer } from './signing.ts';

export interface BrokerServices {
  /** Of the page, below which the broker is: `https://lab.example`. */
  origin: string;
  /** Where the pool takes codes. */
  redirectUri: string;
  rows: readonly SignInWith[];
  /** JSON of `brokerSecrets`; asked for at each request. */
  readSecrets(): Promise<string>;
  store: OneTimeStore;
  clock: Clock;
  onError(error: unknown): void;
}

type Route = (request: BrokerRequest, context: BrokerContext) => BrokerAnswer | Promise<BrokerAnswer>;

const routes: Readonly<Record<string, Route>> = {
  'GET authorize': authorize,
  'GET back': back,
  'POST token': token,
  'GET userinfo': userinfo,
  'POST userinfo': userinfo, // OpenID Connect Core, 5.3.1
  'GET jwks': (_request, { signer }) => json(200, signer.jwks),
  'GET .well-known/openid-configuration': (_request, context) => description(context),
};

/**
 * An OpenID provider whose one client is the Cognito pool, with an issuer for each institution, where it is a client
 * itself. It keeps a sign-in until the browser is back and a code until the pool takes it; tokens of institutions are read
 * once and kept nowhere.
 */
export function openBroker(services: BrokerServices): (request: BrokerRequest) => Promise<BrokerAnswer> {
  const { origin, redirectUri, rows, readSecrets, store, clock, onError } = services;
  const open = remembered((text) => openSecrets(text, { origin, rows, store, clock }));
  return async (request) => {
    const [id = '', ...rest] = request.path.slice(`${brokerPath}/`.length).split('/');
    const row = rows.find((each) => rowId(each) === id);
    const route = routes[`${request.method} ${rest.join('/')}`];
    if (row === undefined || route === undefined) return json(404, { error: 'not_found' });
    const { upstreams, ...secrets } = await open(await readSecrets());
    const upstream = upstreams.get(id);
    // A row is known before `up` writes its secret: until then the others go on.
    if (upstream === undefined) throw new RangeError(`no secret of ${row.name}: labdeploy up writes it`);
    const context = { redirectUri, home: origin, clock, onError, ...secrets };
    return route(request, { ...context, upstream, issuer: brokerIssuer(origin, row) });
  };
}

interface OpenSecrets {
  signer: Signer;
  store: OneTimeStore;
  clientSecret: string;
  upstreams: ReadonlyMap<string, Upstream>;
}

async function openSecrets(
  text: string,
  { origin, rows, store, clock }: Pick<BrokerServices, 'origin' | 'rows' | 'store' | 'clock'>,
): Promise<OpenSecrets> {
  const { key, clientSecret, institutions }: BrokerSecrets = brokerSecrets.parse(JSON.parse(text));
  const upstreams = rows.flatMap((row) => {
    const secret = institutions[rowId(row)];
    return secret === undefined ? [] : [openUpstream({ row, secret, issuer: origin + issuerPath, clock })];
  });
  const byId = new Map(upstreams.map((upstream) => [upstream.id, upstream]));
  return { signer: await openSigner(key, clock), store: signedStore(store, key), clientSecret, upstreams: byId };
}

/** Of which `brokerPath` is the part that an issuer on one machine has too: the address to come back to is the same there. */
const issuerPath = brokerPath.replace(/\/with$/, '');

/** What was opened last, as long as its text is the same. */
function remembered<T>(load: (text: string) => Promise<T>): (text: string) => Promise<T> {
  let known: { text: string; value: Promise<T> } | undefined;
  return (text) => {
    if (known?.text !== text) {
      const loading = { text, value: load(text) };
      loading.value.catch(() => {
        if (known === loading) known = undefined;
      });
      known = loading;
    }
    return known.value;
  };
}

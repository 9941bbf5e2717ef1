import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { type Adapter, type AdapterPayload, type ClientAuthMethod, type Configuration, Provider } from 'oidc-provider';

/** Claims of whoever signs in at the institution. */
export interface PersonClaims {
  sub: string;
  name?: string;
  email?: string;
  email_verified?: boolean;
  preferred_username?: string;
}

export interface Institution extends AsyncDisposable {
  readonly url: string;
  readonly clientId: string;
  readonly secret: string;
  /** Private; RS512. */
  readonly key: JWK;
  /** Who sits at the browser: the institution lets them in without asking. */
  person: PersonClaims;
  /** Answers 503 to all. */
  down: boolean;
  /** Changes the answers of the token endpoint. */
  tamper: ((answer: Record<string, unknown>) => Promise<Record<string, unknown>>) | undefined;
  /** All answers of the token endpoint as they were sent. */
  readonly answers: Record<string, unknown>[];
}

export interface InstitutionOptions {
  /** Addresses that its client may come back to. */
  redirectUris: string[];
  /** How clients of its token endpoint prove themselves. */
  authentication?: ClientAuthMethod;
  /** What it knows beside `openid`. */
  scopes?: string[];
  /** Of its client. */
  secret?: string;
  /** Neither its keys nor its tokens name a key. */
  unnamedKey?: boolean;
  /** What it calls itself, where something stands before it that speaks https. */
  issuer?: string;
}

const clientId = 'the-lab';
const claimsOfScope: Record<string, string[]> = {
  openid: ['sub'],
  email: ['email', 'email_verified'],
  profile: ['name', 'preferred_username'],
};

/**
 * A second OpenID provider on a real socket, as Globus is: it signs RS512, its access tokens are opaque, and the ID token
 * says nothing of the person, who is asked for at the userinfo endpoint.
 */
export async function openInstitution(options: InstitutionOptions): Promise<Institution> {
  const {
    redirectUris,
    authentication = 'client_secret_basic',
    scopes = ['openid', 'email', 'profile'],
    secret = 'secret of the lab, with + and :',
  } = options;
  const { privateKey } = await generateKeyPair('RS512', { extractable: true });
  const key: JWK = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS512' };
  let handle: RequestListener = () => {};
  const server = createServer((req, res) => handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const institution: Institution = {
    url,
    clientId,
    secret,
    key,
    person: { sub: 'nobody' },
    down: false,
    tamper: undefined,
    answers: [],
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const configuration: Configuration = {
    adapter: memoryAdapter(),
    jwks: { keys: [key] },
    clients: [
      {
        client_id: clientId,
        client_secret: secret,
        redirect_uris: redirectUris,
        token_endpoint_auth_method: authentication,
        id_token_signed_response_alg: 'RS512',
      },
    ],
    clientAuthMethods: [authentication],
    enabledJWA: { idTokenSigningAlgValues: ['RS512'] },
    scopes,
    claims: Object.fromEntries(scopes.map((scope) => [scope, claimsOfScope[scope] ?? []])),
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    cookies: { keys: ['of the institution'] },
    interactions: { url: (_ctx, { uid }) => `/let-in/${uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ ...institution.person, sub }) }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.account!.accountId, clientId });
      grant.addOIDCScope(scopes.join(' '));
      await grant.save();
      return grant;
    },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
  };
  const provider = new Provider(options.issuer ?? url, configuration);
  provider.proxy = options.issuer !== undefined;
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'jwks' && options.unnamedKey === true) {
      ctx.body = { keys: (ctx.body as { keys: JWK[] }).keys.map(({ kid: _name, ...key }) => key) };
    }
    if (ctx.oidc?.route !== 'token' || ctx.status !== 200) return;
    const signed = ctx.body as Record<string, unknown>;
    const answer = options.unnamedKey === true ? await unnamed(signed, privateKey) : signed;
    ctx.body = institution.tamper === undefined ? answer : await institution.tamper(answer);
    institution.answers.push(ctx.body as Record<string, unknown>);
  });
  const callback = provider.callback();
  handle = (req, res) => {
    if (institution.down) return void res.writeHead(503).end();
    if (!req.url?.startsWith('/let-in/')) return void callback(req, res);
    const { sub } = institution.person;
    void provider.interactionFinished(req, res, { login: { accountId: sub } }, { mergeWithLastSubmission: false });
  };
  return institution;
}

/** The same ID token, whose header names no key. */
async function unnamed(answer: Record<string, unknown>, key: CryptoKey): Promise<Record<string, unknown>> {
  const token = new SignJWT(decodeJwt(String(answer.id_token))).setProtectedHeader({ alg: 'RS512' });
  return { ...answer, id_token: await token.sign(key) };
}

/** What the provider keeps, as long as the test runs. */
function memoryAdapter() {
  const rows = new Map<string, AdapterPayload>();
  return (model: string): Adapter => {
    const keyOf = (id: string) => `${model} ${id}`;
    const findBy = async (name: 'uid' | 'userCode', value: string) =>
      [...rows].find(([key, row]) => key.startsWith(`${model} `) && row[name] === value)?.[1];
    return {
      upsert: async (id, payload) => void rows.set(keyOf(id), payload),
      find: async (id) => rows.get(keyOf(id)),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      consume: async (id) => void rows.set(keyOf(id), { ...rows.get(keyOf(id)), consumed: Date.now() / 1000 }),
      destroy: async (id) => void rows.delete(keyOf(id)),
      async revokeByGrantId(grantId) {
        for (const [key, row] of rows) if (row.grantId === grantId) rows.delete(key);
      },
    };
  };
}

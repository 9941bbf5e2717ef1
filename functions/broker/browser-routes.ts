import { createHash, randomBytes } from 'node:crypto';
import { Failure } from '../core/errors.ts';
import { type Person, personOf } from '../institutions/person.ts';
import { strings } from '../institutions/strings.ts';
import { brokerClientId } from '../stack/sign-in-broker.ts';
import { type BrokerAnswer, type BrokerRequest, page, redirect } from './answers.ts';
import type { Begun, BrokerContext, ClientRequest, Issued } from './broker-context.ts';
import type { BrokerClaims } from './signing.ts';
import { single } from './single.ts';

/** Seconds that a sign-in may take at the institution. */
const beginSeconds = 900;
/** Seconds in which the pool must take the tokens. */
const codeSeconds = 60;

/** The browser's, so that nobody is made to finish a sign-in that somebody else began. `__Host-`: no other host sets it. */
const cookieName = '__Host-labdeploy-sign-in';
const random = /^[\w-]{43}$/;

/** Sends the browser from the pool to the institution. */
export async function authorize({ query, cookies }: BrokerRequest, context: BrokerContext): Promise<BrokerAnswer> {
  const asked = new URLSearchParams(query);
  const { redirectUri, upstream, store, home } = context;
  // Not a word goes to an address that is not the pool's.
  if (single(asked, 'client_id') !== brokerClientId || single(asked, 'redirect_uri') !== redirectUri) {
    const link = { href: home, text: strings.again };
    return page(400, { title: strings.notSignedIn(upstream.row.name), text: strings.strayed, link });
  }
  const state = single(asked, 'state');
  const error = mistakeIn(asked);
  if (error !== undefined) return redirect(withQuery(redirectUri, { error, state }));
  const known = cookies[cookieName];
  const browser = known !== undefined && random.test(known) ? known : randomText();
  const begun: Begun = {
    ...{ id: upstream.id, nonce: randomText(), verifier: randomText(), browser: digestOf(browser) },
    client: clientRequestOf(asked),
  };
  return explained(context, async () => {
    const checks = { state: randomText(), nonce: begun.nonce, verifier: begun.verifier };
    const away = await upstream.begin(checks);
    await store.put('begun', checks.state, JSON.stringify(begun), beginSeconds);
    const cookie = `${cookieName}=${browser}; Path=/; Max-Age=${beginSeconds}; Secure; HttpOnly; SameSite=Lax`;
    return redirect(away, [cookie]);
  });
}

/** Takes the browser from the institution back to the pool, with a code for whom the institution let in. */
export async function back({ query, cookies }: BrokerRequest, context: BrokerContext): Promise<BrokerAnswer> {
  const { upstream, store, redirectUri } = context;
  const state = single(new URLSearchParams(query), 'state') ?? '';
  const kept = random.test(state) ? await store.take('begun', state) : undefined;
  const begun = kept === undefined ? undefined : (JSON.parse(kept) as Begun);
  // Begun here, in this browser, with this institution, and not used before.
  if (begun === undefined || begun.id !== upstream.id || begun.browser !== digestOf(cookies[cookieName] ?? '')) {
    const link = { href: context.home, text: strings.again };
    return page(400, { title: strings.expired, text: strings.expiredText, link });
  }
  return explained(context, async () => {
    const { nonce, verifier, client } = begun;
    const person = personOf(upstream.row, await upstream.finish(query, { state, nonce, verifier }));
    if ('refused' in person) return notSignedIn(context, 403, strings.domain);
    const code = randomText();
    const issued: Issued = { id: upstream.id, claims: claimsOf(person), client };
    await store.put('code', code, JSON.stringify(issued), codeSeconds);
    return redirect(withQuery(redirectUri, { code, state: client.state }));
  });
}

/**
 * Whom the institution let in, for the pool. The subject is of issuer and subject there, so that a row that names another
 * issuer one day gives nobody the account of somebody else; in lower case, as Cognito may write it.
 */
function claimsOf({ issuer, subject, address, name }: Person): BrokerClaims {
  return {
    sub: digestOf(`${issuer}\n${subject}`),
    ...(address !== undefined && { email: address, email_verified: true }),
    ...(name !== undefined && { name }),
  };
}

/** An error of RFC 6749, section 4.1.2.1, or of PKCE's. */
function mistakeIn(asked: URLSearchParams): string | undefined {
  if (single(asked, 'response_type') !== 'code') return 'unsupported_response_type';
  if (!(single(asked, 'scope') ?? '').split(' ').includes('openid')) return 'invalid_scope';
  const challenged = asked.has('code_challenge') || asked.has('code_challenge_method');
  const isRight = single(asked, 'code_challenge_method') === 'S256' && single(asked, 'code_challenge') !== undefined;
  return challenged && !isRight ? 'invalid_request' : undefined;
}

function clientRequestOf(asked: URLSearchParams): ClientRequest {
  const [state, nonce, challenge] = ['state', 'nonce', 'code_challenge'].map((name) => single(asked, name));
  return {
    ...(state !== undefined && { state }),
    ...(nonce !== undefined && { nonce }),
    ...(challenge !== undefined && { challenge }),
  };
}

/** Trouble with the institution is shown; what is not the user's is logged. */
async function explained(context: BrokerContext, work: () => Promise<BrokerAnswer>): Promise<BrokerAnswer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (error.code === 'signInDenied') return notSignedIn(context, 403, strings.denied(error.advice.why));
    if (error.code !== 'signInUpstream') throw error;
    context.onError(error);
    return notSignedIn(context, 502, strings.unreachable(context.upstream.row.name));
  }
}

const notSignedIn = ({ upstream, home }: BrokerContext, status: number, text: string): BrokerAnswer =>
  page(status, { title: strings.notSignedIn(upstream.row.name), text, link: { href: home, text: strings.again } });

function withQuery(address: string, values: Record<string, string | undefined>): string {
  const query = new URLSearchParams(
    Object.entries(values).filter((each): each is [string, string] => each[1] !== undefined),
  );
  return `${address}?${query}`;
}

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** 256 random bits, base64url. */
const randomText = (): string => randomBytes(32).toString('base64url');

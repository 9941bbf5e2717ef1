import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { type TrustedIssuer, tokenVerifier } from '../../../functions/identity/verify.ts';

const issuer = 'https://lab.example/auth';
const audience = 'https://lab.example/v1';
const at = Date.UTC(2026, 7, 31) / 1000;
const clock = { now: () => at * 1000 };
const owner = '0b0f7f3e-8d0b-4a5a-9f0a-2f1c7f3f9a11';

const pair = await generateKeyPair('ES256', { extractable: true });
const other = await generateKeyPair('ES256', { extractable: true });
const publicJwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
const keys = { keys: [publicJwk] };

const trusted: TrustedIssuer = {
  issuer,
  algorithm: 'ES256',
  keys,
  accessTokens: { form: 'jwt', audience, scope: 'api' },
  clock,
};
const good: JWTPayload = { iss: issuer, aud: audience, sub: owner, scope: 'api', iat: at - 60, exp: at + 600 };

interface Forging {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: CryptoKey;
}
const token = ({ claims = {}, header = {}, key = pair.privateKey }: Forging = {}) =>
  new SignJWT({ ...good, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one', ...header })
    .sign(key);
const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe('tokenVerifier', () => {
  const identity = tokenVerifier(trusted);

  it('says who calls, with plan and rights from the groups', async () => {
    const claims = { email: 'ada@example.org', name: 'Ada', groups: ['plan-large', 'labdeploy-admin', 'lunch'] };
    expect(await identity.verify(await token({ claims }))).toEqual({
      sub: owner,
      email: 'ada@example.org',
      name: 'Ada',
      groups: ['plan-large', 'labdeploy-admin', 'lunch'],
      plan: 'large',
      admin: true,
    });
  });

  it('makes nobody administrator without the group', async () => {
    for (const groups of [undefined, 'labdeploy-admin', [{}], ['Labdeploy-Admin'], ['labdeploy-admin ']]) {
      expect(await identity.verify(await token({ claims: { groups } }))).toMatchObject({ admin: false });
    }
  });

  const forged: [string, string | Promise<string>, string][] = [
    ['signed with another key', token({ key: other.privateKey }), 'signature verification failed'],
    ['of another issuer', token({ claims: { iss: 'https://evil.example/auth' } }), 'unexpected "iss" claim value'],
    ['of the issuer with a slash more', token({ claims: { iss: `${issuer}/` } }), 'unexpected "iss" claim value'],
    ['for another service', token({ claims: { aud: 'https://other.example/v1' } }), 'unexpected "aud" claim value'],
    ['for nobody', token({ claims: { aud: undefined } }), 'missing required "aud" claim'],
    ['not good yet', token({ claims: { nbf: at + 6 } }), '"nbf" claim timestamp check failed'],
    ['without end', token({ claims: { exp: undefined } }), 'missing required "exp" claim'],
    ['without subject', token({ claims: { sub: undefined } }), 'missing required "sub" claim'],
    ['that is an ID token', token({ header: { typ: 'JWT' } }), 'unexpected "typ" JWT header value'],
    ['without the scope', token({ claims: { scope: 'openid apis' } }), 'it lacks the scope api'],
    ['with an unknown key', token({ header: { kid: 'two' } }), 'no applicable key found'],
    ['with algorithm none', `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(good)}.`, 'not allowed'],
    [
      'signed with the public key as a secret',
      new SignJWT(good)
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })
        .sign(Buffer.from(JSON.stringify(publicJwk))),
      'not allowed',
    ],
    [
      'with a key of its own',
      token({ header: { kid: undefined, jwk: publicJwk }, key: other.privateKey }),
      'signature',
    ],
    ['that is no token', 'garbage', 'Invalid Compact JWS'],
    ['that is empty', '', 'Invalid Compact JWS'],
    [
      'changed after signing',
      token().then((text) => text.replace(/\.[^.]+\./, `.${encode({ ...good, sub: 'eve' })}.`)),
      'signature',
    ],
  ];
  it.each(forged)('refuses a token %s', async (_name, made, reason) => {
    await expect(identity.verify(await made)).rejects.toMatchObject({
      code: 'tokenRefused',
      message: expect.stringContaining(reason),
    });
  });

  it('calls a token expired by its own code, five seconds after its end', async () => {
    expect(await identity.verify(await token({ claims: { exp: at - 4 } }))).toMatchObject({ sub: owner });
    await expect(identity.verify(await token({ claims: { exp: at - 5 } }))).rejects.toMatchObject({
      code: 'tokenExpired',
    });
  });

  it('does not say expired of a forged one', async () => {
    const late = token({ claims: { exp: at - 100 }, key: other.privateKey });
    await expect(identity.verify(await late)).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it.each(['', '.', '..', 'a/b', '../eve', 'a b', 'ä', 'a\\b', 'x'.repeat(129)])(
    'lets no subject %p own jobs',
    async (sub) => {
      await expect(identity.verify(await token({ claims: { sub } }))).rejects.toMatchObject({ code: 'tokenRefused' });
    },
  );

  it.each([owner, 'local', 'auth0|5f7c8ec7c33c6c004bbafe82', 'ada@example.org'])(
    'takes the subject %s',
    async (sub) => {
      expect((await identity.verify(await token({ claims: { sub } }))).sub).toBe(sub);
    },
  );
});

describe('tokenVerifier on the keys of RS256 issuers', () => {
  it('does not take an ES256 token, nor the RSA key as a secret', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256' };
    const identity = tokenVerifier({
      ...trusted,
      algorithm: 'RS256',
      keys: { keys: [jwk, { ...publicJwk, kid: 'es' }] },
    });
    const claims = new SignJWT(good).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'one' });
    expect((await identity.verify(await claims.sign(rsa.privateKey))).sub).toBe(owner);
    await expect(identity.verify(await token({ header: { kid: 'es' } }))).rejects.toMatchObject({
      code: 'tokenRefused',
    });
    const pem = rsa.publicKey.export({ format: 'pem', type: 'spki' });
    const confused = new SignJWT(good).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'one' });
    await expect(identity.verify(await confused.sign(Buffer.from(pem)))).rejects.toMatchObject({
      code: 'tokenRefused',
    });
  });
});

describe('tokenVerifier on Cognito’s tokens', () => {
  const identity = tokenVerifier({ ...trusted, accessTokens: { form: 'cognito', clientIds: ['page', 'cli'] } });
  const cognito = (claims: Record<string, unknown> = {}) =>
    token({
      claims: { aud: undefined, token_use: 'access', client_id: 'cli', 'cognito:groups': ['plan-large'], ...claims },
      header: { typ: undefined },
    });

  it('takes access tokens of our clients', async () => {
    expect(await identity.verify(await cognito())).toEqual({
      sub: owner,
      groups: ['plan-large'],
      plan: 'large',
      admin: false,
    });
  });

  it.each([
    ['another client', { client_id: 'eve' }, 'it was made for another application'],
    ['no client', { client_id: undefined }, 'missing required "client_id" claim'],
    ['the ID token', { token_use: 'id', aud: 'cli' }, 'it is not an access token'],
    ['no use', { token_use: undefined }, 'missing required "token_use" claim'],
  ])('refuses %s', async (_name, claims, reason) => {
    await expect(identity.verify(await cognito(claims))).rejects.toMatchObject({
      code: 'tokenRefused',
      message: expect.stringContaining(reason),
    });
  });
});

describe('tokenVerifier with keys from an address', () => {
  const withServer = async (
    answer: () => { status: number; body: string },
    work: (url: URL, asked: () => number) => Promise<void>,
  ) => {
    let asked = 0;
    const server = createServer((_req, res) => {
      asked++;
      const { status, body } = answer();
      res.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await work(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`), () => asked);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  };

  it('asks once for many tokens, and not again for an unknown key at once', () =>
    withServer(
      () => ({ status: 200, body: JSON.stringify(keys) }),
      async (url, asked) => {
        const identity = tokenVerifier({ ...trusted, keys: url });
        for (let i = 0; i < 5; i++) expect((await identity.verify(await token())).sub).toBe(owner);
        for (let i = 0; i < 5; i++) {
          const unknown = await token({ header: { kid: `k${i}` } });
          await expect(identity.verify(unknown)).rejects.toMatchObject({ code: 'tokenRefused' });
        }
        expect(asked()).toBe(1);
      },
    ));

  it.each([
    ['answers with trouble', { status: 503, body: '' }],
    ['answers nonsense', { status: 200, body: '<html>' }],
    ['answers no keys', { status: 200, body: '{"keys": 1}' }],
  ])('blames the issuer that %s, and works when it is back', async (_name, trouble) => {
    let answer = trouble;
    await withServer(
      () => answer,
      async (url) => {
        const identity = tokenVerifier({ ...trusted, keys: url });
        await expect(identity.verify(await token())).rejects.toMatchObject({ code: 'issuerUnreachable' });
        answer = { status: 200, body: JSON.stringify(keys) };
        expect((await identity.verify(await token())).sub).toBe(owner);
      },
    );
  });

  it('blames the issuer that is not there', async () => {
    let gone = new URL('http://127.0.0.1');
    await withServer(
      () => ({ status: 200, body: '' }),
      async (url) => {
        gone = url;
      },
    );
    const identity = tokenVerifier({ ...trusted, keys: gone });
    await expect(identity.verify(await token())).rejects.toMatchObject({ code: 'issuerUnreachable' });
  });
});

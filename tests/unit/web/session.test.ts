import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryWebStorage, User, type UserManager } from 'oidc-client-ts';
import { apiCall } from '../../../client/call.ts';
import { bearerOf } from '../../../web/session/bearer.ts';
import { openManager, pathInState, renewed } from '../../../web/session/manager.ts';
import { ownSignOut } from '../../../web/session/sign-out.ts';

const page = 'https://d111.cloudfront.example';
const scopes = ['openid', 'email', 'labdeploy/api'];

describe('what the page asks the issuer for', () => {
  it('is what the service says', () => {
    const issuer = `${page}/auth`;
    const { settings } = openManager({ issuer, clientId: 'page', scopes }, page, new InMemoryWebStorage());
    expect(settings).toMatchObject({
      authority: issuer,
      client_id: 'page',
      scope: 'openid email labdeploy/api',
      redirect_uri: `${page}/signed-in`,
      silent_redirect_uri: `${page}/signed-in-silently`,
    });
  });
});

describe('signing out', () => {
  const back = `${page}/`;
  const authorization_endpoint = 'https://lab.auth.eu-west-1.amazoncognito.com/oauth2/authorize';
  const cognito = { issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x', clientId: 'a b', back };
  const path =
    'https://lab.auth.eu-west-1.amazoncognito.com/logout?client_id=a+b&logout_uri=https%3A%2F%2Fd111.cloudfront.example%2F';

  it('goes Cognito’s way at Cognito, which names the standard’s endpoint but does not follow it', () => {
    expect(ownSignOut(cognito, { authorization_endpoint })).toBe(path);
    const end_session_endpoint = 'https://lab.auth.eu-west-1.amazoncognito.com/logout';
    expect(ownSignOut(cognito, { authorization_endpoint, end_session_endpoint })).toBe(path);
  });

  it('goes the standard’s way wherever else the discovery document names it', () => {
    const issuer = 'https://id.example';
    const standard = {
      authorization_endpoint: 'https://id.example/authorize',
      end_session_endpoint: 'https://id.example/sign-out',
    };
    expect(ownSignOut({ issuer, clientId: 'page', back }, standard)).toBeUndefined();
  });
});

describe('a fresh token from an issuer of another origin', () => {
  let server: Server;
  let answer: { status: number; body: object };
  let asked: string[];
  let manager: UserManager;

  beforeAll(async () => {
    server = createServer(async (req, res) => {
      const origin = `http://${req.headers.host}`;
      let body = '';
      for await (const chunk of req) body += chunk;
      if (req.url === '/.well-known/openid-configuration') {
        res.setHeader('Content-Type', 'application/json');
        res.end(JSON.stringify({ issuer: origin, token_endpoint: `${origin}/token` }));
        return;
      }
      asked.push(`${req.url} ${new URLSearchParams(body).get('refresh_token')}`);
      res.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer.body));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  afterAll(() => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  });
  afterEach(() => manager.removeUser()); // and its timers
  beforeEach(async () => {
    asked = [];
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    manager = openManager({ issuer, clientId: 'page', scopes }, page, new InMemoryWebStorage());
    const profile = { sub: 'ada', iss: issuer, aud: 'page', iat: 0, exp: 1 };
    await manager.storeUser(new User({ access_token: 'old', token_type: 'Bearer', refresh_token: 'r1', profile }));
  });

  it('comes by the refresh token', async () => {
    answer = { status: 200, body: { access_token: 'new', token_type: 'Bearer', expires_in: 600 } };
    expect(await renewed(manager)).toMatchObject({ access_token: 'new', profile: { sub: 'ada' } });
    expect(asked).toEqual(['/token r1']);
  });

  it('does not come when that is refused: nothing is framed, the user must sign in', async () => {
    answer = { status: 400, body: { error: 'invalid_grant' } };
    expect(await renewed(manager)).toBeUndefined();
    expect(await renewed(manager)).toBeUndefined();
    expect(asked).toEqual(['/token r1']);
  });

  it('is asked for again later while the issuer does not answer', async () => {
    answer = { status: 503, body: {} };
    await expect(renewed(manager)).rejects.toMatchObject({ name: 'ServiceError', status: 0 });
    answer = { status: 200, body: { access_token: 'new', token_type: 'Bearer', expires_in: 600 } };
    expect(await renewed(manager)).toMatchObject({ access_token: 'new' });
  });
});

describe('the token of a tab', () => {
  interface Held {
    access_token: string;
    expires_in: number;
  }
  const held = (access_token: string, expires_in = 600): Held => ({ access_token, expires_in });

  it('is renewed once for all calls that meet its end', async () => {
    let renewals = 0;
    const bearer = bearerOf<Held>({
      user: held('old', 20),
      renew: async () => held(`new ${++renewals}`),
      ask: () => Promise.reject(new Error('asked')),
    });
    expect(await Promise.all([bearer.token(), bearer.token(), bearer.replace('old')])).toEqual(Array(3).fill('new 1'));
    expect([await bearer.replace('old'), await bearer.token()]).toEqual(['new 1', 'new 1']);
  });

  it('lets calls wait until the person has signed in again, and sends them then', async () => {
    let signIn: (user: Held) => void = () => {};
    const bearer = bearerOf<Held>({
      user: held('old'),
      renew: async () => undefined,
      ask: () =>
        new Promise((resolve) => {
          signIn = resolve;
        }),
    });
    const sent: (string | null)[] = [];
    const fetch = async (_url: unknown, init?: RequestInit) => {
      const token = new Headers(init?.headers).get('Authorization');
      sent.push(token);
      return Response.json({}, { status: token === 'Bearer old' ? 401 : 200 });
    };
    const call = apiCall({ origin: '', bearer, fetch });
    const calls = Promise.all([call('listJobs'), call('retryJob', { params: { id: 'job' } })]);
    while (sent.length < 2) await new Promise(setImmediate);
    await new Promise(setImmediate);
    signIn(held('new'));
    expect(await calls).toEqual([{}, {}]);
    expect(sent).toEqual(['Bearer old', 'Bearer old', 'Bearer new', 'Bearer new']);
  });

  it('is given up when the service refuses the new one too', async () => {
    const bearer = bearerOf<Held>({
      user: held('old'),
      renew: async () => held('new'),
      ask: () => Promise.reject(new Error('asked')),
    });
    const call = apiCall({ origin: '', bearer, fetch: async () => new Response('', { status: 401 }) });
    await expect(call('showMe')).rejects.toMatchObject({ status: 401 });
  });
});

describe('coming back from a sign-in', () => {
  it.each([
    ['/jobs/f6c2b4d173a0?image=a.tif', '/jobs/f6c2b4d173a0?image=a.tif'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example', '/'],
    ['/signed-in?code=1', '/'],
    [undefined, '/'],
  ])('with %s leads to %s', (state, path) => expect(pathInState(state)).toBe(path));
});

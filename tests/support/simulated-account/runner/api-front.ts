import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { Authoriser } from '../authoriser/authoriser.ts';
import { accountId, region } from '../clients.ts';
import { accountRest } from './account-rest.ts';
import type { Invocation } from './deployed-function.ts';

/** As API Gateway calls them, in camel case as moto answers. */
interface Route {
  routeKey: string;
  target: string;
  authorizationType: string;
  authorizerId?: string | null;
}
interface Integration {
  integrationId: string;
  integrationUri: string;
  payloadFormatVersion: string;
  timeoutInMillis?: number;
}
interface Authorizer {
  authorizerId: string;
  jwtConfiguration: { issuer: string; audience: string[] };
}

export interface ApiFrontArgs {
  motoUrl: string;
  authoriser: Authoriser;
  /** ms since 1970: tokens end by it. */
  now(): number;
  invoke(functionArn: string, event: unknown): Promise<Invocation>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Pattern of a path as routes write it: `/v1/jobs/{id}`, `/v1/{proxy+}`. */
const patternOf = (path: string): RegExp =>
  new RegExp(
    `^${path
      .split('/')
      .map((part) => {
        const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(part) ?? [];
        if (name === undefined) return part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
        return greedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
      })
      .join('/')}$`,
  );

export interface Match<R> {
  route: R;
  parameters: Record<string, string>;
}

/** The most specific route: whole paths before `{name}` before `{name+}` before `$default`, and its method before ANY. Source: API Gateway's guide, "Create routes for HTTP APIs". */
export function routeOf<R extends Pick<Route, 'routeKey'>>(
  routes: readonly R[],
  method: string,
  path: string,
): Match<R> | undefined {
  const rank = ({ routeKey }: R): number => {
    if (routeKey === '$default') return 6;
    const general = routeKey.includes('+}') ? 4 : routeKey.includes('{') ? 2 : 0;
    return general + (routeKey.startsWith('ANY ') ? 1 : 0);
  };
  for (const route of routes.toSorted((a, b) => rank(a) - rank(b))) {
    if (route.routeKey === '$default') return { route, parameters: {} };
    const [wanted, pattern] = route.routeKey.split(' ') as [string, string];
    const groups = patternOf(pattern).exec(path)?.groups;
    const isWhole = pattern === path;
    if ((wanted === 'ANY' || wanted === method) && (isWhole || groups !== undefined))
      return { route, parameters: { ...groups } };
  }
  return undefined;
}

/** What stands before an HTTP API: routes, tokens and payload format 2.0, as they are deployed. */
export async function apiFront(apiId: string, args: ApiFrontArgs): Promise<Handler> {
  const { motoUrl, authoriser, now, invoke } = args;
  const list = async <T>(part: string) =>
    (await accountRest<{ items: T[] }>(motoUrl, 'apigateway', `/v2/apis/${apiId}/${part}`)).items;
  const routes = await list<Route>('routes');
  const integrations = await list<Integration>('integrations');
  const ids = new Set(routes.map(({ authorizerId }) => authorizerId).filter((id) => typeof id === 'string'));
  const authorizers = new Map<string, (token: string) => Promise<JWTPayload>>();
  for (const id of ids) {
    const authorizer = await accountRest<Authorizer>(motoUrl, 'apigateway', `/v2/apis/${apiId}/authorizers/${id}`);
    authorizers.set(id, tokenCheck(authorizer, motoUrl, now));
  }

  return async (request, response) => {
    const answer = (status: number, message: string, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ message }));
    };
    const [path = '', query = ''] = request.url!.split('?');
    const match = routeOf(routes, request.method!, decodeURIComponent(path));
    if (match === undefined) return answer(404, 'Not Found');
    const { route, parameters } = match;
    const event = await eventOf(request, path, query, { apiId, routeKey: route.routeKey, parameters });
    if (route.authorizationType === 'JWT') {
      try {
        const claims = await authorizers.get(route.authorizerId!)!(bearer(request));
        Object.assign(event.requestContext, { authorizer: { jwt: { claims: textOf(claims), scopes: null } } });
      } catch {
        return answer(401, 'Unauthorized', { 'www-authenticate': 'Bearer' });
      }
    }
    const integration = integrations.find(({ integrationId }) => route.target === `integrations/${integrationId}`)!;
    const functionArn = /arn:aws:lambda:[^/]+/.exec(integration.integrationUri)![0];
    const source = `arn:aws:execute-api:${region}:${accountId}:${apiId}/$default/${route.routeKey.replace(' ', '')}`;
    const may = await authoriser.judge('apigateway.amazonaws.com', {
      action: 'lambda:InvokeFunction',
      resource: functionArn,
      context: { 'aws:SourceArn': source },
    });
    if (!may.allowed) return answer(500, 'Internal Server Error');
    const result = await within(integration.timeoutInMillis ?? 30_000, invoke(functionArn, event));
    if (result === undefined) return answer(503, 'Service Unavailable');
    if ('error' in result) return answer(500, 'Internal Server Error');
    send(response, result.payload);
  };
}

function tokenCheck({ jwtConfiguration }: Authorizer, motoUrl: string, now: () => number) {
  const { issuer, audience } = jwtConfiguration;
  const keys = createRemoteJWKSet(new URL(`${motoUrl}/${issuer.split('/').at(-1)}/.well-known/jwks.json`));
  return async (token: string): Promise<JWTPayload> => {
    const currentDate = new Date(now());
    const { payload } = await jwtVerify(token, keys, { issuer, algorithms: ['RS256'], currentDate });
    const audiences = [payload.aud ?? payload.client_id].flat(); // an access token of Cognito has no aud
    if (!audiences.some((each) => audience.includes(String(each)))) throw new Error('for another client');
    return payload;
  };
}

const bearer = ({ headers }: IncomingMessage): string => (headers.authorization ?? '').replace(/^Bearer /i, '');

/** Claims reach a function as text. */
const textOf = (claims: JWTPayload): Record<string, string> =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      Array.isArray(value) ? `[${value.join(' ')}]` : String(value),
    ]),
  );

const isText = /^(text\/|application\/(json|javascript|xml|[\w.-]+\+json|x-www-form-urlencoded))/;

async function eventOf(
  request: IncomingMessage,
  path: string,
  query: string,
  { apiId, routeKey, parameters }: { apiId: string; routeKey: string; parameters: Record<string, string> },
) {
  const body = await buffer(request);
  const asText = isText.test(request.headers['content-type'] ?? 'text/plain');
  const asked = new URLSearchParams(query);
  const { cookie, ...others } = request.headers;
  const headers = Object.entries(others).map(([name, value]) => [name, String(value)]);
  const cookies = (cookie ?? '').split('; ').filter((each) => each !== '');
  return {
    version: '2.0',
    routeKey,
    rawPath: decodeURIComponent(path),
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }), // payload 2.0 has them beside the headers
    headers: Object.fromEntries(headers) as Record<string, string>,
    ...(query !== '' && {
      queryStringParameters: Object.fromEntries(
        [...new Set(asked.keys())].map((name) => [name, asked.getAll(name).join(',')]),
      ),
    }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    ...(body.length > 0 && { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
    requestContext: {
      accountId,
      apiId,
      domainName: `${apiId}.execute-api.${region}.amazonaws.com`,
      domainPrefix: apiId,
      http: {
        method: request.method!,
        path: decodeURIComponent(path),
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey,
      stage: '$default',
      time: new Date().toUTCString(),
      timeEpoch: Date.now(),
    },
  };
}

function send(response: ServerResponse, payload: unknown): void {
  const result = (payload ?? {}) as {
    statusCode?: number;
    headers?: Record<string, string>;
    cookies?: string[];
    body?: string;
    isBase64Encoded?: boolean;
  };
  if (result.statusCode === undefined) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(payload));
    return;
  }
  for (const cookie of result.cookies ?? []) response.appendHeader('set-cookie', cookie);
  response.writeHead(result.statusCode, { 'content-type': 'application/json', ...result.headers });
  response.end(Buffer.from(result.body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8'));
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

import type { z } from 'zod';
import type { operations } from '../functions/contract/operations.ts';
import type { ProblemView } from '../functions/contract/problem-view.ts';
import { type Route, routes } from '../functions/contract/routes.ts';
import { retryAfterMs } from './retries.ts';
import { ServiceError } from './service-error.ts';

type Operations = typeof operations;
/** All but those that lead a browser to a download. */
export type OperationId = Exclude<keyof Operations, 'openLink' | 'openFigure'>;

type Taken<Id extends OperationId, Part extends string> = Operations[Id] extends { [key in Part]: infer Schema }
  ? { [key in Part]: z.input<Schema> }
  : unknown;
type Optional<Id extends OperationId, Part extends string> = Partial<Taken<Id, Part>>;

/** What one operation is given. The query is never required, a body only where the operation says so. */
type InputOf<Id extends OperationId> = Taken<Id, 'params'> &
  (Operations[Id] extends { query: infer Query }
    ? object extends z.input<Query>
      ? Optional<Id, 'query'>
      : Taken<Id, 'query'>
    : unknown) &
  (Operations[Id] extends { bodyOptional: true } ? Optional<Id, 'body'> : Taken<Id, 'body'>) & {
    /** Idempotency-Key: the same key makes the same thing once, however often the call is repeated. */
    key?: string | undefined;
    signal?: AbortSignal | undefined;
    /** A browser goes on with it when its page is left. */
    keepalive?: boolean | undefined;
  };

/** What one operation gives; 204 has no content. */
export type AnswerOf<Id extends OperationId> = Operations[Id] extends { answer: infer Schema }
  ? z.infer<Schema>
  : undefined;

/** Calls one operation of the API. Throws ServiceError. */
export type Call = <Id extends OperationId>(
  id: Id,
  ...rest: object extends InputOf<Id> ? [input?: InputOf<Id>] : [input: InputOf<Id>]
) => Promise<AnswerOf<Id>>;

/** Whose calls these are. */
export interface Bearer {
  /** Undefined: no user is signed in yet. */
  token(): Promise<string | undefined>;
  /** Another one than the token that the service refused. */
  replace(refused: string): Promise<string | undefined>;
}

export interface CallOptions {
  /** Before each path: the service's origin, or nothing in its own page. */
  origin: string;
  bearer?: Bearer;
  /** Gives the answer as the contract has it, or throws; default: the answer is trusted. */
  check?: <Id extends OperationId>(id: Id, answer: unknown) => AnswerOf<Id>;
  fetch?: typeof globalThis.fetch;
}

interface Input {
  params?: Record<string, string>;
  query?: Record<string, string | undefined>;
  body?: unknown;
  key?: string | undefined;
  signal?: AbortSignal | undefined;
  keepalive?: boolean | undefined;
}

/** The API of one service, one attempt a call; but a token that is refused is replaced once. */
export function apiCall({ origin, bearer, check, fetch: send = fetch }: CallOptions): Call {
  const trusted = <Id extends OperationId>(_id: Id, answer: unknown) => answer as AnswerOf<Id>;
  return async (id, ...rest) => {
    const input = (rest[0] ?? {}) as Input;
    const route: Route = routes[id];
    const url = origin + addressOf(route, input);
    const attempt = (token: string | undefined) => exchange(send, url, requestOf(route, input, token));
    const token = route.public === true ? undefined : await bearer?.token();
    let answer = await attempt(token);
    if (answer.response.status === 401 && token !== undefined && bearer !== undefined)
      answer = await attempt(await bearer.replace(token));
    return (check ?? trusted)(id, resultOf(answer));
  };
}

/** Path and query of a call; what a user typed cannot lead to another route. */
export function addressOf({ path }: Pick<Route, 'path'>, { params = {}, query = {} }: Input): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segmentOf(params[name] ?? ''));
  const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
  return given.length === 0 ? filled : `${filled}?${new URLSearchParams(given)}`;
}

/** Of an address `.` and `..` mean folders, however they are written: they can name nothing. */
function segmentOf(text: string): string {
  return /^\.{0,2}$/.test(text) ? `${text}%00` : encodeURIComponent(text);
}

function requestOf({ method }: Route, input: Input, token: string | undefined): RequestInit {
  const { body, key, signal, keepalive } = input;
  return {
    method,
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(key !== undefined && { 'Idempotency-Key': key }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
    ...(keepalive !== undefined && { keepalive }),
  };
}

interface Answer {
  response: Response;
  text: string;
}

/** Asks, and reads the whole answer: a connection can break before its end, too. */
async function exchange(send: typeof fetch, url: string, init: RequestInit): Promise<Answer> {
  try {
    const response = await send(url, init);
    return { response, text: await response.text() };
  } catch (error) {
    init.signal?.throwIfAborted();
    throw new ServiceError(0, {}, { cause: error });
  }
}

function resultOf({ response, text }: Answer): unknown {
  const { status, headers } = response;
  if (status === 204) return undefined;
  const type = headers.get('content-type')?.split(';')[0] ?? 'nothing';
  if (response.ok && type === 'application/json') return JSON.parse(text);
  const problem = type === 'application/problem+json' ? (JSON.parse(text) as ProblemView) : undefined;
  throw new ServiceError(status, { problem, waitMs: retryAfterMs(headers, Date.now()), type });
}

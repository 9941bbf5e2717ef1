import type { ProblemView } from '../../functions/contract/schemas.ts';
import { strings } from '../strings.ts';

/** A call that did not give what it is for. `status` 0: no answer came. */
export class ApiError extends Error {
  readonly status: number;
  readonly problem: ProblemView | undefined;
  /** As the service asks for; undefined where it does not. */
  readonly waitMs: number | undefined;

  constructor(status: number, problem?: ProblemView, waitMs?: number, options?: ErrorOptions) {
    super(problem === undefined ? strings.noAnswer(status) : `${problem.title}: ${problem.detail}`, options);
    this.name = 'ApiError';
    this.status = status;
    this.problem = problem;
    this.waitMs = waitMs;
  }
}

/** Whose calls these are. */
export interface Bearer {
  /** Undefined: nobody is signed in yet. */
  token(): Promise<string | undefined>;
  /** Another one than the token that the service refused. */
  replace(refused: string): Promise<string | undefined>;
}

interface Request {
  query?: Record<string, string | undefined>;
  body?: unknown;
  /** The same answer for the same key: a repeat does not act twice. */
  key?: string;
  signal?: AbortSignal | undefined;
}

export type Call = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, request?: Request) => Promise<T>;

/** Calls the API of this page's own origin. A token that is refused is replaced once. */
export function apiCall(bearer: Bearer, fetchIt: typeof fetch = fetch): Call {
  return async <T>(method: string, path: string, { query = {}, body, key, signal }: Request = {}): Promise<T> => {
    const given = Object.entries(query).filter((each): each is [string, string] => each[1] !== undefined);
    const url = given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
    const send = async (token: string | undefined): Promise<Response> => {
      const headers = {
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(key !== undefined && { 'Idempotency-Key': key }),
      };
      try {
        return await fetchIt(url, {
          method,
          headers,
          ...(body !== undefined && { body: JSON.stringify(body) }),
          ...(signal !== undefined && { signal }),
        });
      } catch (error) {
        signal?.throwIfAborted();
        throw new ApiError(0, undefined, undefined, { cause: error });
      }
    };
    const token = await bearer.token();
    let answer = await send(token);
    if (answer.status === 401 && token !== undefined) answer = await send(await bearer.replace(token));
    if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
    throw new ApiError(answer.status, await problemIn(answer), waitOf(answer));
  };
}

async function problemIn(answer: Response): Promise<ProblemView | undefined> {
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  return (await answer.json()) as ProblemView;
}

function waitOf(answer: Response): number | undefined {
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

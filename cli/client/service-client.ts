import type {
  CompletedUpload,
  Download,
  FilePage,
  JobPage,
  JobView,
  ProblemView,
  PublicConfig,
  SentParts,
  SignedParts,
  UploadAnswers,
} from '../../functions/contract/schemas.ts';
import { UserError } from '../errors.ts';
import { isPassing, retryAfterMs, withRetries } from './retries.ts';
import { ServiceProblem } from './service-problem.ts';

interface Call {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
  /** Idempotency-Key: the same key makes the same thing once, however often the call is repeated. */
  key?: string;
}

/** The HTTP API of one labdeploy service (functions/core/contract), as one person. */
export type ServiceClient = ReturnType<typeof serviceClient>;

/** `token`: a fresh access token; `refused` is one that the service did not take. */
export function serviceClient(origin: string, token: (refused?: string) => Promise<string>, signal: AbortSignal) {
  async function call<T>({ method, path, body, key }: Call): Promise<T> {
    let refused: string | undefined;
    return withRetries<T>(async () => {
      const bearer = await token(refused);
      let answer: Answer;
      try {
        answer = await ask(origin + path, {
          method,
          signal,
          headers: {
            Authorization: `Bearer ${bearer}`,
            ...(body !== undefined && { 'Content-Type': 'application/json' }),
            ...(key !== undefined && { 'Idempotency-Key': key }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
      } catch (error) {
        signal.throwIfAborted();
        return {
          again: true,
          error: new UserError('serviceUnreachable', { url: origin, why: reasonOf(error) }, { cause: error }),
        };
      }
      const { response } = answer;
      if (response.ok) return resultOf<T>(answer, origin);
      const problem = problemOf(answer, origin);
      if (response.status === 401 && refused === undefined) {
        refused = bearer;
        return { again: true, error: problem, waitMs: 0 };
      }
      if (!isPassing(response.status)) throw problem;
      const waitMs = retryAfterMs(response.headers);
      return { again: true, error: problem, ...(waitMs !== undefined && { waitMs }) };
    }, signal);
  }

  const job = (id: string, rest = '') => `/v1/jobs/${id}${rest}`;
  return {
    createJob: (body: object, key: string) => call<JobView>({ method: 'POST', path: '/v1/jobs', body, key }),
    jobs: (cursor?: string) => call<JobPage>({ method: 'GET', path: `/v1/jobs${query({ cursor })}` }),
    job: (id: string) => call<JobView>({ method: 'GET', path: job(id) }),
    deleteJob: (id: string) => call<void>({ method: 'DELETE', path: job(id) }),
    uploads: (id: string, files: readonly object[]) =>
      call<UploadAnswers>({ method: 'POST', path: job(id, '/uploads'), body: { files } }),
    parts: (id: string, body: object) => call<SignedParts>({ method: 'POST', path: job(id, '/uploads/parts'), body }),
    sentParts: (id: string, path: string, uploadId: string) =>
      call<SentParts>({ method: 'GET', path: job(id, `/uploads/parts${query({ path, uploadId })}`) }),
    completeUpload: (id: string, body: object) =>
      call<CompletedUpload>({ method: 'POST', path: job(id, '/uploads/complete'), body }),
    submit: (id: string) => call<JobView>({ method: 'POST', path: job(id, '/submit'), body: {} }),
    retry: (id: string) => call<JobView>({ method: 'POST', path: job(id, '/retry') }),
    files: (id: string, page: { state?: string; cursor?: string }) =>
      call<FilePage>({ method: 'GET', path: job(id, `/files${query(page)}`) }),
    download: (id: string) => call<Download>({ method: 'GET', path: job(id, '/download') }),
  };
}

function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

interface Answer {
  response: Response;
  text: string;
}

/** Asks, and reads the whole answer: a connection can break before its end, too. */
async function ask(url: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(url, init);
  return { response, text: await response.text() };
}

/** The public part of a service: who signs people in, and limits. */
export async function publicConfig(origin: string, signal: AbortSignal): Promise<PublicConfig> {
  let answer: Answer;
  try {
    answer = await ask(`${origin}/v1/config`, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError('serviceUnreachable', { url: origin, why: reasonOf(error) }, { cause: error });
  }
  const { response } = answer;
  if (!response.ok)
    throw new UserError('serviceUnreachable', {
      url: origin,
      why: `it answers ${response.status}; is it a labdeploy service?`,
    });
  return resultOf<PublicConfig>(answer, origin);
}

const typeOf = (response: Response): string => response.headers.get('content-type')?.split(';')[0] ?? 'nothing';

function resultOf<T>({ response, text }: Answer, origin: string): T {
  if (response.status === 204) return undefined as T;
  if (typeOf(response) === 'application/json') return JSON.parse(text) as T;
  throw new UserError('serviceUnreachable', {
    url: origin,
    why: `it answers with ${typeOf(response)}; is it a labdeploy service?`,
  });
}

function problemOf({ response, text }: Answer, origin: string): Error {
  if (typeOf(response) === 'application/problem+json') return new ServiceProblem(JSON.parse(text) as ProblemView);
  return new UserError('serviceUnreachable', {
    url: origin,
    why: `it answers ${response.status} ${response.statusText}`,
  });
}

/** Node's fetch says `fetch failed` and hides why in the cause. */
const reasonOf = (error: unknown): string => {
  const cause = (error as Error).cause;
  return cause instanceof Error
    ? cause.message || (cause as NodeJS.ErrnoException).code || cause.name
    : String((error as Error).message);
};

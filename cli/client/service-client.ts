import { apiCall, type Bearer, type Call } from '../../client/call.ts';
import { AnswerError, checkAnswer } from '../../client/check-answer.ts';
import { type Patience, patient, withRetries } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { PublicConfig } from '../../functions/contract/service.ts';
import { UserError } from '../errors.ts';

/** The HTTP API of one labdeploy service, as one person. */
export interface ServiceClient {
  /** With retries. Throws ServiceError with the service's problem, or `serviceUnreachable`. */
  call: Call;
  /** One attempt. Throws ServiceError. */
  once: Call;
}

/** `token`: a fresh access token; `refused` is one that the service did not take. */
export function serviceClient(
  origin: string,
  token: (refused?: string) => Promise<string>,
  signal: AbortSignal,
  patience: Patience = patient,
): ServiceClient {
  const bearer: Bearer = { token: () => token(), replace: (refused) => token(refused) };
  const api = apiCall({ origin, bearer, check: checkAnswer });
  const once: Call = (id, ...rest) => {
    const [input] = rest;
    return api(id, ...([{ signal, ...input }] as typeof rest));
  };
  const call: Call = (id, ...rest) =>
    withRetries(() => once(id, ...rest), signal, patience).catch((error: unknown) => {
      throw asUserError(error, origin);
    });
  return { once, call };
}

/** The public part of a service: who signs people in, and limits. */
export async function publicConfig(origin: string, signal: AbortSignal): Promise<PublicConfig> {
  try {
    return await apiCall({ origin, check: checkAnswer })('showConfig', { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw asUserError(error, origin, 'is it a labdeploy service?');
  }
}

/** What came is no answer of a labdeploy service; an answer that is one stays as it is. */
export function asUserError(error: unknown, url: string, question?: string): unknown {
  const unreachable = (why: string) => new UserError('serviceUnreachable', { url, why }, { cause: error });
  if (error instanceof AnswerError) return unreachable(`${error.message}; is it another version?`);
  if (!(error instanceof ServiceError)) return error;
  const { status, type, problem } = error;
  if (status === 0) return unreachable(reasonOf(error.cause));
  if (status < 300) return unreachable(`it answers with ${type}; is it a labdeploy service?`);
  if (question !== undefined) return unreachable(`it answers ${status}; ${question}`);
  return problem === undefined ? unreachable(`it answers ${status}`) : error;
}

/** Node's fetch says `fetch failed` and hides why in the cause. */
const reasonOf = (error: unknown): string => {
  const cause = (error as Error).cause;
  return cause instanceof Error
    ? cause.message || (cause as NodeJS.ErrnoException).code || cause.name
    : String((error as Error).message);
};

import { Problem } from '../contract/problems.ts';
import { Failure } from '../core/errors.ts';

type Meaning = (error: Failure, cause: { cause: Failure }) => Problem;

const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

/** Failures that a caller of the API is answered about. Every other one is ours. */
const meanings: Partial<Record<Failure['code'], Meaning>> = {
  tokenExpired: (_, cause) => new Problem('tokenExpired', {}, { ...cause, headers: challenge }),
  tokenRefused: ({ advice: { why } }, cause) => new Problem('tokenRefused', { why }, { ...cause, headers: challenge }),
  issuerUnreachable: (_, cause) => new Problem('unavailable', {}, cause),
  jobMissing: (_, cause) => new Problem('jobMissing', { id: 'of this id' }, cause), // deleted meanwhile
  accountMissing: (_, cause) => new Problem('memberMissing', {}, cause),
  cursorRefused: (_, cause) => new Problem('cursorRefused', {}, cause),
  noSpace: (_, cause) => new Problem('noSpace', {}, cause),
  storeUnwritable: (_, cause) => new Problem('unwritable', {}, cause),
};

/** What a thrown error means to the caller. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const meaning =
    error instanceof Failure ? meanings[error.code as Failure['code']]?.(error, { cause: error }) : undefined;
  if (meaning !== undefined) return meaning;
  // A path that is not percent-encoded UTF-8: the router's own error.
  if (error instanceof URIError)
    return new Problem('requestInvalid', { what: 'the path is not percent-encoded UTF-8' });
  return new Problem('internal', {}, { cause: error });
}

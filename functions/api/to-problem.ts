import { Problem } from '../contract/problems.ts';
import { Failure } from '../core/errors.ts';

/** What a thrown error means to the caller. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Failure) {
    const cause = { cause: error };
    const challenge = { ...cause, headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
    if (error.code === 'tokenExpired') return new Problem('tokenExpired', {}, challenge);
    if (error.code === 'tokenRefused') return new Problem('tokenRefused', { why: error.advice.why }, challenge);
    if (error.code === 'issuerUnreachable') return new Problem('unavailable', {}, cause);
    if (error.code === 'jobMissing') return new Problem('jobMissing', { id: 'of this id' }, cause); // deleted meanwhile
    if (error.code === 'cursorRefused') return new Problem('cursorRefused', {}, cause);
    if (error.code === 'noSpace') return new Problem('noSpace', {}, cause);
    if (error.code === 'storeUnwritable') return new Problem('unwritable', {}, cause);
  }
  // A path that is not percent-encoded UTF-8: the router's own error.
  if (error instanceof URIError)
    return new Problem('requestInvalid', { what: 'the path is not percent-encoded UTF-8' });
  return new Problem('internal', {}, { cause: error });
}

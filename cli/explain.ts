import { ServiceError } from '../client/service-error.ts';
import { Failure } from '../functions/core/errors.ts';
import { awsFaultOf } from './deploy/aws-fault.ts';
import { UserError } from './errors.ts';
import { exitCodes, type Row } from './exit-codes.ts';

/** Of the file system: the user's to put right, wherever it happens. */
const refusals: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of its disk is used up',
  EIO: 'its disk reports an error',
};

/** What a command that ended with `error` tells its user, and the exit code. */
export function explain(error: unknown): Row & { code: string } {
  if (error instanceof UserError) return { ...error.advice, code: error.code };
  if (error instanceof ServiceError && error.problem !== undefined) {
    const { title, detail, code } = error.problem;
    return { ...new UserError('serviceRefused', { title, detail }).advice, code };
  }
  if (error instanceof Failure) return { ...error.advice, exit: exitCodes.failed, code: error.code };
  const { code = '', path } = error as NodeJS.ErrnoException;
  const why = refusals[code];
  if (why !== undefined && path !== undefined)
    return { ...new UserError('systemRefused', { path, why }).advice, code: 'systemRefused' };
  const fault = awsFaultOf(error);
  if (fault !== undefined) return explain(new UserError(fault.code, fault.facts as never, { cause: error }));
  return {
    code: 'bug',
    exit: exitCodes.bug,
    what: error instanceof Error ? error.message : String(error),
    why: 'this is a bug of labdeploy',
    next: 'run the command again with --debug and report what it prints',
  };
}

import { UserError } from '../../errors.ts';
import { shorten } from '../../fault-text.ts';
import { deniedAction, wrongClock } from '../aws-fault.ts';
import { holdersIn, reportHolders } from './locks.ts';

/** What the engine or the provider said about one resource, or about none. */
export interface EngineFault {
  /** `Predict/function`: component and name; absent where it is about the whole stack. */
  resource?: string;
  message: string;
}

/** What a command of the engine that failed had to say. */
export function textOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  return stderr || message || String(error);
}

type Explain = (
  fault: EngineFault & { where: string; short: string; match: RegExpExecArray },
  stack: string,
) => UserError;

const because = (error: unknown) => ({ cause: error });

/**
 * The commonest failures of a deployment by what engine and provider write, first match first. Texts: the Pulumi engine
 * 3.250 and the Terraform AWS provider 5.100, which passes on AWS's own codes.
 */
const known: readonly [RegExp, (cause: unknown) => Explain][] = [
  [
    /stack is currently locked by[\s\S]*?created by \S+ \(pid \d+\) at \S+/,
    (cause) =>
      ({ message }, stack) =>
        new UserError('stackLocked', { name: stack, holder: reportHolders(holdersIn(message)) }, because(cause)),
  ],
  [
    /Another update is currently in progress/,
    (cause) => (_fault, stack) =>
      new UserError('stackLocked', { name: stack, holder: 'another update' }, because(cause)),
  ],
  [/incorrect passphrase/, (cause) => (_fault, stack) => new UserError('passphraseWrong', { stack }, because(cause))],
  [
    wrongClock,
    (cause) =>
      ({ short }) =>
        new UserError('clockWrong', { detail: short }, because(cause)),
  ],
  [
    /ExpiredToken|RequestExpired|security token included in the request is expired/,
    (cause) => () => new UserError('credentialsExpired', {}, because(cause)),
  ],
  [
    /InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|AuthFailure/,
    (cause) =>
      ({ short }) =>
        new UserError('credentialsRefused', { detail: short }, because(cause)),
  ],
  [
    /no valid credential sources|failed to refresh cached credentials/i,
    (cause) => () => new UserError('credentialsMissing', {}, because(cause)),
  ],
  [
    /account must be verified|PendingVerification|account is blocked|account is currently blocked/i,
    (cause) =>
      ({ where, short }) =>
        new UserError('accountUnverified', { where, detail: short }, because(cause)),
  ],
  [
    /AccessDenied|not authorized to perform|UnauthorizedOperation/,
    (cause) =>
      ({ message, where }) =>
        new UserError('deployDenied', { where, action: deniedAction(message) }, because(cause)),
  ],
  [
    /'MemorySize' value failed to satisfy constraint/,
    (cause) =>
      ({ where, short }) =>
        new UserError('memoryRefused', { where, detail: short }, because(cause)),
  ],
  [
    /LimitExceeded|TooManyBuckets|QuotaExceeded|ServiceQuotaExceeded|TooManyDistributions|TooManyOriginAccessControls/,
    (cause) =>
      ({ where, short }) =>
        new UserError('quotaReached', { where, detail: short }, because(cause)),
  ],
  [
    /ThrottlingException|TooManyRequestsException|Rate exceeded|SlowDown/,
    (cause) =>
      ({ where }) =>
        new UserError('awsBusy', { where }, because(cause)),
  ],
  [
    /BucketAlreadyExists|BucketAlreadyOwnedByYou|EntityAlreadyExists|QueueAlreadyExists|QueueNameExists|ResourceInUseException|ResourceConflictException|AlreadyExistsException|already exists/,
    (cause) =>
      ({ where, short }) =>
        new UserError('nameTaken', { where, detail: short }, because(cause)),
  ],
  [
    /QueueDeletedRecently|OperationAborted|conflicting conditional operation/,
    (cause) =>
      ({ where }) =>
        new UserError('justDeleted', { where }, because(cause)),
  ],
  [
    /OptInRequired|is not subscribed|SubscriptionRequired|not available in (this|the) region|UnsupportedOperation|no such host/i,
    (cause) =>
      ({ where, short }) =>
        new UserError('serviceOff', { where, detail: short }, because(cause)),
  ],
  [
    /BucketNotEmpty/,
    (cause) =>
      ({ where }) =>
        new UserError('bucketNotEmpty', { where }, because(cause)),
  ],
  [
    /deletion protection|DeletionProtection|is protected|protectData/,
    (cause) =>
      ({ where }) =>
        new UserError('dataProtected', { where }, because(cause)),
  ],
  [
    /could not download|failed to (download|install|find) plugin|no resource plugin|error downloading plugin|could not load plugin/i,
    (cause) =>
      ({ short }) =>
        new UserError('pluginMissing', { detail: short }, because(cause)),
  ],
  [
    /Specified ReservedConcurrentExecutions|UnreservedConcurrentExecution/,
    (cause) =>
      ({ where, short }) =>
        new UserError('quotaReached', { where, detail: short }, because(cause)),
  ],
  [
    /CodeStorageExceeded|RequestEntityTooLarge|Unzipped size must be smaller/,
    (cause) =>
      ({ where, short }) =>
        new UserError('codeTooLarge', { where, detail: short }, because(cause)),
  ],
  [
    /Configuration key '?([\w:.-]+)'?|configuration key "?([\w:.-]+)"?/i,
    (cause) =>
      ({ message, match }) =>
        new UserError('configRefused', { key: match[1] ?? match[2]!, detail: message.split('\n')[0]! }, because(cause)),
  ],
  [
    /connection refused|connection reset|i\/o timeout|TLS handshake timeout|request send failed/i,
    (cause) =>
      ({ short }) =>
        new UserError('awsUnreachable', { where: 'its region', detail: short }, because(cause)),
  ],
];

/** One clear error for what the engine said; undefined where it is none of the common ones. */
export function explainEngineFault(fault: EngineFault, stack: string, cause?: unknown): UserError | undefined {
  const where = fault.resource ?? `stack ${stack}`;
  for (const [pattern, explain] of known) {
    const match = pattern.exec(fault.message);
    if (match !== null) return explain(cause)({ ...fault, where, short: shorten(fault.message), match }, stack);
  }
  return undefined;
}

/** Of several faults the first that is a cause: what failed only because another did comes later. */
export function explainEngineFaults(faults: readonly EngineFault[], stack: string, cause?: unknown): UserError {
  for (const fault of faults) {
    const error = explainEngineFault(fault, stack, cause);
    if (error !== undefined) return error;
  }
  const [first] = faults;
  return new UserError(
    'deployFailed',
    {
      where: first?.resource ?? `stack ${stack}`,
      detail: first === undefined ? String((cause as Error)?.message) : shorten(first.message),
    },
    because(cause),
  );
}

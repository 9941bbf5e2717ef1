import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';

/** Of a transaction: its parts whose condition did not hold, by their indexes; none when it failed for another reason. */
export function failedConditions(error: unknown): number[] {
  if (!(error instanceof TransactionCanceledException)) return [];
  return (error.CancellationReasons ?? []).flatMap(({ Code }, i) => (Code === 'ConditionalCheckFailed' ? [i] : []));
}

/** What DynamoDB says where others write the same items at this moment, or more than a partition takes. */
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
/** The same of a whole request: of a partition, and of the account. */
const busy = new Set(['ThrottlingException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded']);

const isPassing = (error: unknown): boolean =>
  error instanceof TransactionConflictException ||
  error instanceof TransactionInProgressException ||
  (error instanceof Error && busy.has(error.name)) ||
  (error instanceof TransactionCanceledException &&
    failedConditions(error).length === 0 &&
    (error.CancellationReasons ?? []).some(({ Code }) => passing.has(Code ?? '')));

export const isRefused = (error: unknown): error is ConditionalCheckFailedException =>
  error instanceof ConditionalCheckFailedException;

const firstPauseMs = 25;
const longestPauseMs = 2000;
/** Half a minute on average. The item of a job takes about a hundred transactions a second: of a job whose files are not spread, 500 that end at once wait five. */
const attempts = 30;

/** Random, so that those who were in each other's way do not meet again. */
export const pauseAfter = (attempt: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt));
  });

/** Does the work again while others are in its way. */
export async function throughContention<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error) || attempt === attempts) throw error;
      await pauseAfter(attempt);
    }
  }
}

export const again = Symbol('another writer changed it meanwhile');
/** Each time another caller got ahead, of which a job has few. */
const rounds = 1000;

/** Reads, decides and writes until no other change comes between. */
export async function withoutRace<T>(round: () => Promise<T | typeof again>): Promise<T> {
  for (let n = 0; n < rounds; n++) {
    const result = await round();
    if (result !== again) return result;
  }
  throw new Error(`an item was changed by others ${rounds} times in a row`);
}

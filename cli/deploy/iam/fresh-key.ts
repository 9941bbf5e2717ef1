import { setTimeout as wait } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsAccount } from '../account.ts';

/** Longest wait, and the time between two questions. Most keys are known after some seconds. */
const patienceMs = 15_000;
const askEveryMs = 2000;

/**
 * Waits until AWS takes a key that IAM has just made, so that the next command can use it. Never throws, for nothing may
 * keep the secret from being shown, not even a Ctrl-C: false where it is not known that AWS takes it.
 */
export async function untilKnown(
  { id: accessKeyId, secret: secretAccessKey }: { id: string; secret: string },
  { client }: AwsAccount,
  signal: AbortSignal,
): Promise<boolean> {
  const sts = new STSClient({ ...client, credentials: { accessKeyId, secretAccessKey } });
  const takes = () =>
    sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal }).then(
      () => true,
      () => false, // whatever the reason: the caller says that the key may be too new
    );
  for (const started = Date.now(); Date.now() - started < patienceMs && !signal.aborted; ) {
    if (await takes()) return true;
    await wait(askEveryMs, undefined, { signal }).catch(() => {}); // the loop ends with the signal
  }
  return false;
}

import { setTimeout as wait } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsAccount } from '../account.ts';
import { awsFaultOf } from '../aws-fault.ts';

/** Longest wait, and the time between two questions. Most keys are known after some seconds. */
const patienceMs = 30_000;
const askEveryMs = 2000;

/** Waits until AWS takes a key that IAM has just made, so that the next command can use it. False where that took too long. */
export async function untilKnown(
  { id: accessKeyId, secret: secretAccessKey }: { id: string; secret: string },
  { client }: AwsAccount,
  signal: AbortSignal,
): Promise<boolean> {
  const sts = new STSClient({ ...client, credentials: { accessKeyId, secretAccessKey } });
  for (const started = Date.now(); Date.now() - started < patienceMs; await wait(askEveryMs, undefined, { signal })) {
    try {
      await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
      return true;
    } catch (error) {
      if (awsFaultOf(error)?.code !== 'credentialsRefused') throw error;
    }
  }
  return false;
}

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterNotFound,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type BrokerSecrets, brokerSecrets, isBrokered } from '../../functions/stack/sign-in-broker.ts';
import { rowId } from '../../functions/stack/sign-in-with.ts';
import { brokerParameter } from '../../policies/state-names.ts';
import type { AwsAccount } from './account.ts';
import type { Institution } from './institutions.ts';

interface OfStack {
  stack: string;
  account: AwsAccount;
}

/**
 * Keeps in SSM what the broker of a stack needs: its key and the secret of the pool, which are made once, and the secrets at
 * institutions. Where no row needs a broker nothing is kept. Returns the secret of the pool.
 */
export async function setBrokerSecrets(
  institutions: readonly Institution[],
  { stack, account }: OfStack,
): Promise<string | undefined> {
  const rows = institutions.filter(({ row }) => isBrokered(row));
  if (rows.length === 0) {
    await removeBrokerSecrets({ stack, account });
    return undefined;
  }
  const ssm = new SSMClient(account.client);
  const Name = brokerParameter(stack);
  const before = await read(ssm, Name);
  const after: BrokerSecrets = {
    ...(before ?? { key: await newKey(), clientSecret: randomBytes(32).toString('base64url') }),
    institutions: Object.fromEntries(rows.map(({ row, secret }) => [rowId(row), secret])),
  };
  const Value = JSON.stringify(after);
  if (before === undefined || JSON.stringify(before) !== Value)
    await ssm.send(new PutParameterCommand({ Name, Value, Type: 'SecureString', Overwrite: true }));
  return after.clientSecret;
}

/** Safe to repeat. */
export async function removeBrokerSecrets({ stack, account }: OfStack): Promise<void> {
  const command = new DeleteParameterCommand({ Name: brokerParameter(stack) });
  await new SSMClient(account.client).send(command).catch((error: unknown) => {
    if (!(error instanceof ParameterNotFound)) throw error;
  });
}

/** Undefined where there are none, or none that the broker could read: then they are made anew. */
async function read(ssm: SSMClient, Name: string): Promise<BrokerSecrets | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }));
    return brokerSecrets.safeParse(JSON.parse(Parameter?.Value ?? 'null')).data;
  } catch (error) {
    if (error instanceof ParameterNotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** PKCS #8, base64 of its DER. */
async function newKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { Failure } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';

/** So long after another secret was stored, the one before counts too. */
const knownMs = 5 * 60_000;

export interface SsmSecret {
  client: SSMClient;
  /** Name of a parameter of the type SecureString. */
  parameter: string;
  clock: Clock;
}

/** Reads a secret that the lab keeps in SSM, at most every five minutes. Rejects with `parameterMissing`. */
export function ssmSecret({ client, parameter, clock }: SsmSecret): () => Promise<string> {
  let known: { secret: string; until: number } | undefined;
  return async () => {
    if (known !== undefined && clock.now() < known.until) return known.secret;
    const secret = await read(client, parameter);
    known = { secret, until: clock.now() + knownMs };
    return secret;
  };
}

async function read(client: SSMClient, parameter: string): Promise<string> {
  try {
    const { Parameter } = await client.send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    if (Parameter?.Value) return Parameter.Value;
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
  throw new Failure('parameterMissing', { parameter });
}

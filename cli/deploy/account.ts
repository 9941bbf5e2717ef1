import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { UserError } from '../errors.ts';

/** The account that a command works in, and as whom. */
export interface AwsAccount {
  /** Twelve digits. */
  id: string;
  arn: string;
  region: string;
  /** `aws`, `aws-cn`, `aws-us-gov`: the second word of every ARN. */
  partition: string;
  /** For every client of the SDK. */
  client: ClientOptions;
}

interface ClientOptions {
  region: string;
  maxAttempts: number;
  /** For S3 behind an endpoint of one's own, which has no bucket in its host name. */
  forcePathStyle: boolean;
  requestHandler?: { connectionTimeout: number; socketTimeout: number };
}

const attempts = 4;
/** Milliseconds; without them a network that swallows packets is waited for as long as the system likes. */
const requestHandler = { connectionTimeout: 10_000, socketTimeout: 60_000 };

/**
 * What the SDK's default chain finds: variables, profile, SSO, container or machine role. `ofFile` is the region that the
 * stack's file names. Throws before anything is changed.
 */
export async function openAccount(
  wanted: string | undefined,
  env: NodeJS.ProcessEnv,
  { ofFile, signal }: { ofFile?: string | undefined; signal: AbortSignal },
): Promise<AwsAccount> {
  const region = await regionOf(wanted, env, ofFile);
  const client = {
    ...{ region, maxAttempts: attempts, requestHandler },
    forcePathStyle: env.AWS_ENDPOINT_URL !== undefined,
  };
  const sts = new STSClient({ ...client, maxAttempts: 2 });
  const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}), { abortSignal: signal });
  return { id: Account!, arn: Arn!, region, partition: Arn!.split(':')[1]!, client };
}

/** China, GovCloud and the closed ones: other host names, and not all services. */
const otherPartition = /^(cn|us-gov|us-iso\w*|eu-iso\w*|eusc)-/;
const regionForm = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** `ofFile` is `aws:region` of the stack's file. Needs no credentials. Throws `regionMissing`, `regionUnknown` or `regionNotServed`. */
export async function regionOf(wanted: string | undefined, env: NodeJS.ProcessEnv, ofFile?: string): Promise<string> {
  const region = wanted ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? ofFile ?? (await regionOfProfile());
  if (region === undefined) throw new UserError('regionMissing', {});
  if (!regionForm.test(region)) throw new UserError('regionUnknown', { region });
  if (otherPartition.test(region)) throw new UserError('regionNotServed', { region });
  return region;
}

/** As `aws configure` keeps it. */
async function regionOfProfile(): Promise<string | undefined> {
  try {
    return await new STSClient({}).config.region();
  } catch {
    return undefined; // nothing is configured: the caller says so
  }
}

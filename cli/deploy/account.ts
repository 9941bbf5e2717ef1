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
}

const attempts = 4;

/** What the SDK's default chain finds: variables, profile, SSO, container or machine role. Throws before anything is changed. */
export async function openAccount(wanted: string | undefined, env: NodeJS.ProcessEnv): Promise<AwsAccount> {
  const region = await regionOf(wanted, env);
  const client = { region, maxAttempts: attempts, forcePathStyle: env.AWS_ENDPOINT_URL !== undefined };
  try {
    const { Account, Arn } = await new STSClient({ ...client, maxAttempts: 2 }).send(new GetCallerIdentityCommand({}));
    return { id: Account!, arn: Arn!, region, partition: Arn!.split(':')[1]!, client };
  } catch (error) {
    throw accessError(error, region) ?? error;
  }
}

const regionForm = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** Needs no credentials. Throws `regionMissing` or `regionUnknown`. */
export async function regionOf(wanted: string | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const region = wanted ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (await regionOfProfile());
  if (region === undefined) throw new UserError('regionMissing', {});
  if (!regionForm.test(region)) throw new UserError('regionUnknown', { region });
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

const missing = new Set(['CredentialsProviderError', 'TokenProviderError']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
const refused = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'AuthFailure',
  'InvalidAccessKeyId',
  'IncompleteSignature',
]);
const unreachable = new Set(['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** What an error of the SDK says about credentials, region or network; undefined: something else. */
export function accessError(error: unknown, region: string): UserError | undefined {
  const { name = '', message = '', code = '' } = error as { name?: string; message?: string; code?: string };
  const because = { cause: error };
  if (missing.has(name)) return new UserError('credentialsMissing', {}, because);
  if (expired.has(name)) return new UserError('credentialsExpired', {}, because);
  if (refused.has(name)) return new UserError('credentialsRefused', { detail: message }, because);
  if (code === 'ENOTFOUND') return new UserError('regionUnknown', { region }, because);
  if (unreachable.has(code) || name === 'TimeoutError')
    return new UserError('awsUnreachable', { where: region, detail: message }, because);
  if (/^AccessDenied|^UnauthorizedOperation|NotAuthorized/.test(name)) {
    return new UserError('actionDenied', { action: deniedAction(message) }, because);
  }
  return undefined;
}

/** The action that IAM's message names: `… is not authorized to perform: s3:CreateBucket on resource …`. */
export const deniedAction = (message: string): string =>
  /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1] ?? 'an action';

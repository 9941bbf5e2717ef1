import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { nodeVersion } from '../../functions/stack/node-version.ts';
import { UserError } from '../errors.ts';
import { explain } from '../explain.ts';
import type { Check } from '../io/deploy-events.ts';
import { type AwsAccount, accessError, openAccount } from './account.ts';
import { installedEngine } from './engine/engine.ts';
import { stateBucketName } from './state.ts';
import { tagged } from './teardown/leftovers.ts';

type Outcome = Omit<Check, 'name'>;

const ok = (detail: string): Outcome => ({ outcome: 'ok', detail });
const warn = (detail: string, fix: string): Outcome => ({ outcome: 'warn', detail, fix });
const fail = (detail: string, fix: string): Outcome => ({ outcome: 'fail', detail, fix });

/** Functions that a small lab keeps busy at once. AWS gives new accounts 10 and most others 1000. */
const usefulConcurrency = 50;

/** What stands between this machine and a deployment; each check says what it found, and how to mend it. */
export async function* checks(
  options: { stack: string; region?: string },
  env: NodeJS.ProcessEnv,
): AsyncGenerator<Check> {
  yield { name: 'Node', ...checkNode() };
  yield { name: 'engine', ...(await checkEngine()) };
  let account: AwsAccount;
  try {
    account = await openAccount(options.region, env);
  } catch (error) {
    const { what, why, next } = explain(error);
    yield { name: 'credentials', ...fail(`${what}: ${why}`, next) };
    return; // nothing else can be asked
  }
  yield { name: 'credentials', ...checkCredentials(account) };
  yield { name: 'region', ...ok(account.region) };
  const asking: [string, (account: AwsAccount) => Promise<Outcome>][] = [
    ['state', (a) => checkState(a, env)],
    ['names', (a) => checkNames(a, options.stack)],
    ['Lambda', checkLambda],
    ['Cognito', checkCognito],
    ['CloudFront', checkCloudFront],
    ['mail', checkMail],
  ];
  for (const [name, check] of asking)
    yield { name, ...(await check(account).catch((error) => troubleOf(error, account))) };
}

function troubleOf(error: unknown, { region }: AwsAccount): Outcome {
  const known = error instanceof UserError ? error : accessError(error, region);
  if (known === undefined)
    return fail((error as Error).message, 'see whether this service is on in the account and region');
  const { what, why, next } = explain(known);
  return fail(`${what}: ${why}`, next);
}

function checkNode(): Outcome {
  const { node } = process.versions;
  return Number(node.split('.')[0]) >= nodeVersion
    ? ok(node)
    : fail(`${node} is too old`, `install Node ${nodeVersion} or newer`);
}

async function checkEngine(): Promise<Outcome> {
  const engine = await installedEngine();
  return engine === undefined
    ? warn('not installed', 'nothing to do: labdeploy up downloads it once')
    : ok(`Pulumi ${engine.version?.toString() ?? 'of an unknown version'}`);
}

function checkCredentials({ id, arn }: AwsAccount): Outcome {
  return arn.endsWith(':root')
    ? warn(
        `the root user of account ${id}`,
        'use root for labdeploy bootstrap-iam only, and deploy as the user or role that it makes',
      )
    : ok(`${arn} in account ${id}`);
}

async function checkState(account: AwsAccount, env: NodeJS.ProcessEnv): Promise<Outcome> {
  if (env.PULUMI_BACKEND_URL !== undefined) return ok(`${env.PULUMI_BACKEND_URL}, as PULUMI_BACKEND_URL says`);
  const Bucket = stateBucketName(account);
  try {
    await new S3Client(account.client).send(new HeadBucketCommand({ Bucket }));
    return ok(Bucket);
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 404) return ok(`${Bucket} will be made by labdeploy up`);
    if (status === 403) throw new UserError('stateRefused', { bucket: Bucket }, { cause: error });
    throw error;
  }
}

async function checkNames(account: AwsAccount, stack: string): Promise<Outcome> {
  const arns = await tagged(stack, account);
  return ok(arns.length === 0 ? `stack ${stack} is free` : `stack ${stack} has ${arns.length} resources`);
}

async function checkLambda({ client }: AwsAccount): Promise<Outcome> {
  const { AccountLimit } = await new LambdaClient(client).send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.ConcurrentExecutions ?? 0;
  return limit < usefulConcurrency
    ? warn(
        `${limit} functions may run at once`, // images alone take all of them by default, and the page waits
        `set maximumConcurrency to ${Math.max(2, Math.floor(limit / 2))} until then, and ask for 1000 in the Service Quotas console (Lambda, Concurrent executions): free, often within the hour`,
      )
    : ok(`${limit} functions may run at once`);
}

async function checkCognito({ client }: AwsAccount): Promise<Outcome> {
  await new CognitoIdentityProviderClient(client).send(new ListUserPoolsCommand({ MaxResults: 1 }));
  return ok('answers');
}

async function checkCloudFront({ client }: AwsAccount): Promise<Outcome> {
  await new CloudFrontClient(client).send(new ListDistributionsCommand({ MaxItems: 1 }));
  return ok('answers');
}

async function checkMail({ client }: AwsAccount): Promise<Outcome> {
  const { ProductionAccessEnabled, SendingEnabled } = await new SESv2Client(client).send(new GetAccountCommand({}));
  if (SendingEnabled === false)
    return warn('SES sends no mail for this account', 'see the SES console; or leave mailFrom unset');
  return ProductionAccessEnabled === true
    ? ok('SES sends to everybody')
    : warn(
        'SES is in its sandbox: notices reach verified addresses only',
        'ask for production access in the SES console, or leave mailFrom unset; invitations are not affected',
      );
}

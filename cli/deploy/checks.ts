import { CloudFrontClient, ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { CognitoIdentityProviderClient, ListUserPoolsCommand } from '@aws-sdk/client-cognito-identity-provider';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { nodeVersion } from '../../functions/stack/node-version.ts';
import type { Config } from '../../infra/config.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { explain } from '../explain.ts';
import type { Check } from '../io/doctor-events.ts';
import { type AwsAccount, openAccount } from './account.ts';
import { fittedIn, functionsAtOnce } from './concurrency.ts';
import { missingResources } from './engine/drift.ts';
import { installedEngine } from './engine/engine.ts';
import { ownBuckets } from './own-buckets.ts';
import { checkedConfig } from './settings.ts';
import { readSettingsFile } from './settings-file.ts';
import { openStack, type StackOptions } from './stack.ts';
import { stateBucketName } from './state.ts';
import { tagged } from './teardown/leftovers.ts';

type Outcome = Omit<Check, 'name'>;

const ok = (detail: string): Outcome => ({ outcome: 'ok', detail });
const warn = (detail: string, fix: string): Outcome => ({ outcome: 'warn', detail, fix });
const fail = (detail: string, fix: string): Outcome => ({ outcome: 'fail', detail, fix });

/** What stands between this machine and a deployment; each check says what it found, and how to fix it. */
export async function* checks(
  options: { stack: string; region?: string },
  context: CommandContext,
): AsyncGenerator<Check> {
  const { env, cwd } = context;
  yield { name: 'Node', ...checkNode() };
  yield { name: 'engine', ...(await checkEngine()) };
  let account: AwsAccount;
  try {
    const file = await readSettingsFile(cwd, options.stack);
    account = await openAccount(options.region, env, { ofFile: file?.region, signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    const { what, why, next } = explain(error);
    yield { name: 'credentials', ...fail(`${what}: ${why}`, next) };
    return; // nothing else can be asked
  }
  yield { name: 'credentials', ...checkCredentials(account) };
  yield { name: 'region', ...ok(account.region) };
  const looking = lookAt(options, context);
  const config = configOf(looking, options, context);
  for (const later of [looking, config]) later.catch(() => {}); // its check says why, when its turn comes
  const asking: [string, (account: AwsAccount) => Promise<Outcome>][] = [
    ['state', (a) => checkState(a, env)],
    ['names', (a) => checkNames(a, options.stack)],
    ['drift', async () => checkDrift(await looking, options.stack)],
    ['Lambda', async (a) => checkLambda(a, await config)],
    ['Cognito', checkCognito],
    ['CloudFront', checkCloudFront],
    ['mail', async (a) => checkMail(a, await config)],
  ];
  for (const [name, check] of asking) {
    const outcome = await check(account).catch(outcomeOf);
    context.signal.throwIfAborted(); // what it found then is of no use
    yield { name, ...outcome };
  }
}

interface Deployed {
  config: Config;
  missing: string[];
}

/** What is deployed and what of it is missing; undefined where there is nothing, or no engine that could say. */
async function lookAt(options: StackOptions, context: CommandContext): Promise<Deployed | undefined> {
  if ((await installedEngine()) === undefined) return undefined;
  try {
    await using stack = await openStack(options, context);
    const config = checkedConfig(await stack.engine.getAllConfig());
    return { config, missing: await missingResources(stack, context) };
  } catch (error) {
    if (error instanceof UserError && error.code === 'stackNotFound') return undefined;
    throw error;
  }
}

/** The settings that are deployed; of what is not, or cannot be looked at, those of the folder's file and the defaults. */
async function configOf(
  looking: Promise<Deployed | undefined>,
  { stack }: StackOptions,
  { cwd }: CommandContext,
): Promise<Config> {
  const deployed = await looking.catch(() => undefined); // its own check says why
  return deployed?.config ?? checkedConfig((await readSettingsFile(cwd, stack))?.settings ?? {});
}

function outcomeOf(error: unknown): Outcome {
  const { what, why, next } = explain(error);
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
    await ownBuckets(account).send(new HeadBucketCommand({ Bucket }));
    return ok(Bucket);
  } catch (error) {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 404) return ok(`${Bucket} will be made by labdeploy up`);
    if (status === 403) throw new UserError('stateRefused', { bucket: Bucket }, { cause: error });
    throw error;
  }
}

async function checkNames(account: AwsAccount, stack: string): Promise<Outcome> {
  const arns = await tagged({ stack, account });
  return ok(arns.length === 0 ? `stack ${stack} is free` : `stack ${stack} has ${arns.length} resources`);
}

/** Whether the account has all that the state has. */
function checkDrift(deployed: Deployed | undefined, stack: string): Outcome {
  if (deployed === undefined) return ok(`${stack} is not deployed, or there is no engine yet`);
  const { missing } = deployed;
  return missing.length === 0
    ? ok('the account has all of the deployment')
    : fail(`removed by hand: ${missing.join(', ')}`, 'labdeploy up --refresh makes it again');
}

async function checkLambda(account: AwsAccount, config: Config): Promise<Outcome> {
  const limit = await functionsAtOnce(account);
  const fitted = fittedIn(config, limit);
  return fitted === undefined
    ? ok(`${limit} functions may run at once`)
    : warn(
        `${limit} functions may run at once: labdeploy up takes ${fitted.fitting} images at a time, not ${config.maximumConcurrency}`,
        'ask for 1000 in the Service Quotas console (Lambda, Concurrent executions): free, often within the hour; then run labdeploy up again',
      );
}

async function checkCognito({ client }: AwsAccount): Promise<Outcome> {
  await new CognitoIdentityProviderClient(client).send(new ListUserPoolsCommand({ MaxResults: 1 }));
  return ok('answers; it mails about 50 invitations and codes a day for an account'); // docs: Cognito's default sender
}

async function checkCloudFront({ client }: AwsAccount): Promise<Outcome> {
  await new CloudFrontClient(client).send(new ListDistributionsCommand({ MaxItems: 1 }));
  return ok('answers');
}

async function checkMail({ client }: AwsAccount, { mailFrom }: Config): Promise<Outcome> {
  if (mailFrom === undefined) return ok('no notices are mailed: mailFrom is not set');
  const { ProductionAccessEnabled, SendingEnabled } = await new SESv2Client(client).send(new GetAccountCommand({}));
  if (SendingEnabled === false)
    return warn('SES sends no mail for this account', 'see the SES console; or leave mailFrom unset');
  return ProductionAccessEnabled === true
    ? ok(`SES sends to everybody, from ${mailFrom}`)
    : warn(
        'SES is in its sandbox: notices reach verified addresses only',
        'ask for production access in the SES console, or leave mailFrom unset; invitations are not affected',
      );
}

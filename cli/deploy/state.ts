import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { DeleteParameterCommand, GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { stateBaseName } from '../../policies/state-names.ts';
import { UserError } from '../errors.ts';
import type { AwsAccount } from './account.ts';
import { ownBuckets } from './own-buckets.ts';
import { removeBucket } from './teardown/bucket-contents.ts';

/** Where the engine keeps what it knows of the stacks, and what its secrets are encrypted with. */
export interface State {
  backendUrl: string;
  passphrase: string;
  /** Of the account's own state; absent where `PULUMI_BACKEND_URL` names another. */
  bucket?: string;
}

export const stateBucketName = ({ id, region }: Pick<AwsAccount, 'id' | 'region'>): string =>
  `${stateBaseName}-state-${id}-${region}`;
export const passphraseParameter = `/${stateBaseName}/state/passphrase`;
/** Written last: a bucket that has it is set up. */
const readyTag = { Key: 'labdeploy:state', Value: 'ready' };
/** Superseded states are kept for so long. */
const oldVersionsDays = 90;

/** The state of an account's stacks where there is one with its passphrase; nothing is made. */
export async function findState(account: AwsAccount, env: NodeJS.ProcessEnv): Promise<State | undefined> {
  const { PULUMI_BACKEND_URL: own } = env;
  let passphrase = env.PULUMI_CONFIG_PASSPHRASE;
  if (own === undefined && !(await exists(ownBuckets(account), stateBucketName(account)))) return undefined;
  passphrase ??= await readPassphrase(new SSMClient(account.client));
  if (passphrase === undefined) return undefined;
  return openState(account, { ...env, PULUMI_CONFIG_PASSPHRASE: passphrase });
}

/** The state of an account's stacks: made on first use, in the account itself. Two first uses at once make one. */
export async function openState(account: AwsAccount, env: NodeJS.ProcessEnv): Promise<State> {
  const own = env.PULUMI_BACKEND_URL;
  const known = env.PULUMI_CONFIG_PASSPHRASE;
  const bucket = own === undefined ? await ensureBucket(account) : undefined;
  const passphrase = known ?? (await ensurePassphrase(new SSMClient(account.client)));
  return {
    backendUrl: own ?? backendUrl(bucket!, account, env),
    passphrase,
    ...(bucket !== undefined && { bucket }),
  };
}

function backendUrl(bucket: string, { region }: AwsAccount, env: NodeJS.ProcessEnv): string {
  const query = new URLSearchParams({ region, awssdk: 'v2' });
  if (env.AWS_ENDPOINT_URL !== undefined) {
    query.set('endpoint', env.AWS_ENDPOINT_URL);
    query.set('s3ForcePathStyle', 'true');
  }
  return `s3://${bucket}?${query}`;
}

/** Takes away what `openState` made in the account, also what is left of it after this was cut off. */
export async function removeState(account: AwsAccount): Promise<void> {
  const bucket = stateBucketName(account);
  if (await exists(ownBuckets(account), bucket)) await removeBucket(bucket, account);
  const ssm = new SSMClient(account.client);
  if ((await readPassphrase(ssm)) !== undefined)
    await ssm.send(new DeleteParameterCommand({ Name: passphraseParameter }));
}

async function ensureBucket(account: AwsAccount): Promise<string> {
  const Bucket = stateBucketName(account);
  const s3 = ownBuckets(account);
  if (!(await exists(s3, Bucket))) await create(s3, Bucket, account.region);
  if (!(await isReady(s3, Bucket))) await setUp(s3, Bucket, account.partition);
  return Bucket;
}

async function exists(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    await s3.send(new HeadBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    const { $metadata, name } = error as { $metadata?: { httpStatusCode?: number }; name: string };
    if ($metadata?.httpStatusCode === 404) return false;
    // A HEAD has no body to say more. The name holds the account's number, so hardly anybody else has it.
    if ($metadata?.httpStatusCode === 403 && name !== 'ExpiredToken') {
      throw new UserError('stateRefused', { bucket: Bucket }, { cause: error });
    }
    throw error;
  }
}

/** Of several who make it at once one does; S3 tells the others that it is there, or to come again. */
async function create(s3: S3Client, Bucket: string, region: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await s3.send(
        new CreateBucketCommand({
          Bucket,
          // The one region that must not be named.
          ...(region !== 'us-east-1' && {
            CreateBucketConfiguration: { LocationConstraint: region as BucketLocationConstraint },
          }),
        }),
      );
      return;
    } catch (error) {
      const { name } = error as Error;
      if (name === 'BucketAlreadyOwnedByYou') return;
      if (name === 'BucketAlreadyExists') throw new UserError('stateRefused', { bucket: Bucket }, { cause: error });
      if (name !== 'OperationAborted' || attempt === 10) throw error;
      await wait(500 * attempt);
    }
  }
}

async function isReady(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
    return TagSet.some(({ Key, Value }) => Key === readyTag.Key && Value === readyTag.Value);
  } catch (error) {
    if ((error as Error).name === 'NoSuchTagSet') return false;
    throw error;
  }
}

/** Each step says what should be, so that a set-up that was cut off is done again. */
async function setUp(s3: S3Client, Bucket: string, partition: string): Promise<void> {
  const arn = `arn:${partition}:s3:::${Bucket}`;
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket,
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    }),
  );
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  await s3.send(
    new PutBucketEncryptionCommand({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true }],
      },
    }),
  );
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: 'old-states',
            Status: 'Enabled',
            Filter: { Prefix: '' },
            NoncurrentVersionExpiration: { NoncurrentDays: oldVersionsDays },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    }),
  );
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'TlsOnly',
            Effect: 'Deny',
            Principal: '*',
            Action: 's3:*',
            Resource: [arn, `${arn}/*`],
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      }),
    }),
  );
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [readyTag] } }));
}

async function ensurePassphrase(ssm: SSMClient): Promise<string> {
  const known = await readPassphrase(ssm);
  if (known !== undefined) return known;
  try {
    const fresh = randomBytes(32).toString('base64url');
    await ssm.send(
      new PutParameterCommand({
        Name: passphraseParameter,
        Value: fresh,
        Type: 'SecureString',
        Overwrite: false, // a second first run must not replace it
        Description: 'Encrypts the secrets in the state of labdeploy. Without it that state cannot be used.',
      }),
    );
    return fresh;
  } catch (error) {
    const theirs = (error as Error).name === 'ParameterAlreadyExists' ? await readPassphrase(ssm) : undefined;
    if (theirs === undefined) throw error;
    return theirs;
  }
}

async function readPassphrase(ssm: SSMClient): Promise<string | undefined> {
  try {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: passphraseParameter, WithDecryption: true }));
    return Parameter?.Value;
  } catch (error) {
    if ((error as Error).name === 'ParameterNotFound') return undefined;
    throw error;
  }
}

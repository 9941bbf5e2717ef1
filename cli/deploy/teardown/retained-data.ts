import { CognitoIdentityProviderClient, DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { RetainedData } from '../../io/destroy-events.ts';
import type { AwsAccount } from '../account.ts';
import { estimateCost, monthlyStorageUsd } from '../cost/estimate.ts';
import { changeState, type StateResource } from '../engine/engine-state.ts';
import type { OpenStack } from '../stack.ts';
import { dataOf } from '../stateful.ts';
import type { BucketContents } from './bucket-contents.ts';
import type { ImageContents } from './image-contents.ts';

const bucket = 'aws:s3/bucket:Bucket';
const table = 'aws:dynamodb/table:Table';
const pool = 'aws:cognito/userPool:UserPool';
const repository = 'aws:ecr/repository:Repository';
/** Removes the oldest of more images than a repository is to have, as before. */
const imageRules = 'aws:ecr/lifecyclePolicy:LifecyclePolicy';
/** Who is an administrator, and who has which plan. */
const groups = 'aws:cognito/userGroup:UserGroup';
const whole: ReadonlySet<string> = new Set([table, pool, groups]);
/** What keeps a bucket as closed as it was. Its rules of expiry go: what is kept stays. */
const guards: ReadonlySet<string> = new Set([
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
]);

/** People with their groups, the table, and the buckets and repositories of images that hold something, with what guards them. */
export function retainedDataOf(
  resources: readonly StateResource[],
  contents: readonly BucketContents[],
  images: readonly ImageContents[],
): StateResource[] {
  const stored = new Set(images.filter((each) => each.images > 0).map((each) => each.repository));
  const filled = new Set(contents.filter(({ objects }) => objects > 0).map((each) => each.bucket));
  const buckets = resources.filter(
    ({ type, id, urn }) => type === bucket && filled.has(id!) && dataOf(urn) !== undefined,
  );
  const names = new Set(buckets.map(({ id }) => id));
  return resources.filter(
    (each) =>
      buckets.includes(each) ||
      whole.has(each.type) ||
      (guards.has(each.type) && names.has(each.inputs?.bucket)) ||
      ((each.type === repository || each.type === imageRules) && stored.has(each.id!)),
  );
}

/** Before all else goes: the engine removes nothing that something which stays was made from. */
export async function detach({ engine }: OpenStack, kept: readonly StateResource[]): Promise<void> {
  const staying = new Set(kept.map(({ urn }) => urn));
  const stay = (urns: readonly string[] = []) => urns.filter((urn) => staying.has(urn));
  await changeState(engine, (state) => ({
    ...state,
    resources: (state.resources ?? []).map((each) =>
      staying.has(each.urn)
        ? {
            ...each,
            dependencies: stay(each.dependencies),
            propertyDependencies: Object.fromEntries(
              Object.entries(each.propertyDependencies ?? {}).map(([key, urns]) => [key, stay(urns)]),
            ),
          }
        : each,
    ),
  }));
}

/** US dollars a month and GB of container images. Source: aws.amazon.com/ecr/pricing, as pages of others than AWS gave it in 2026. */
const imageGigabyte = 0.1;

/** Names and prices of the buckets, tables, pools and repositories among them; a table that is gone costs nothing. */
export async function pricesOf(
  kept: readonly StateResource[],
  { contents, images }: { contents: readonly BucketContents[]; images: readonly ImageContents[] },
  account: AwsAccount,
): Promise<RetainedData[]> {
  const { region } = account;
  const found: RetainedData[] = [];
  for (const { type, id } of kept) {
    const name = id!;
    if (type === bucket) {
      const bytes = contents.find((each) => each.bucket === name)?.bytes ?? 0;
      found.push({ name, bytes, monthlyUsd: monthlyStorageUsd(bytes, region) });
    } else if (type === table) {
      const bytes = await tableBytes(name, account);
      const stored = bytes / 1e9;
      found.push({ name, bytes, monthlyUsd: estimateCost({ tableStorage: stored, tableBackup: stored }, region).usd });
    } else if (type === pool) {
      found.push({ name, bytes: 0, monthlyUsd: 0, people: await peopleIn(name, account) }); // Cognito asks money for who signs in
    } else if (type === repository) {
      const bytes = images.find((each) => each.repository === name)?.bytes ?? 0;
      found.push({ name, bytes, monthlyUsd: (bytes / 1e9) * imageGigabyte });
    }
  }
  return found;
}

/** About so many: Cognito counts them now and then. */
async function peopleIn(UserPoolId: string, { client }: AwsAccount): Promise<number> {
  const cognito = new CognitoIdentityProviderClient(client);
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId }));
  return UserPool?.EstimatedNumberOfUsers ?? 0;
}

/** As AWS counts it, every six hours. */
async function tableBytes(TableName: string, { client }: AwsAccount): Promise<number> {
  try {
    const { Table } = await new DynamoDBClient(client).send(new DescribeTableCommand({ TableName }));
    return Table?.TableSizeBytes ?? 0;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 0;
    throw error;
  }
}

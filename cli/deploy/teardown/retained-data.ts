import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import type { RetainedData } from '../../io/deploy-events.ts';
import type { AwsAccount } from '../account.ts';
import { estimateCost, monthlyStorageUsd } from '../cost/estimate.ts';
import type { StateResource } from '../engine/engine-state.ts';
import { partOf } from '../engine/urn.ts';
import type { BucketContents } from './bucket-contents.ts';

const bucket = 'aws:s3/bucket:Bucket';
const table = 'aws:dynamodb/table:Table';
/** What keeps a bucket as closed as it was. Its rules of expiry go: what is kept stays. */
const guards: ReadonlySet<string> = new Set([
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
]);

/** The table and the buckets that hold something, with what guards them. The page is no data: it is made again. */
export function retainedDataOf(
  resources: readonly StateResource[],
  contents: readonly BucketContents[],
): StateResource[] {
  const filled = new Set(contents.filter(({ objects }) => objects > 0).map((each) => each.bucket));
  const buckets = resources.filter(({ type, id, urn }) => type === bucket && filled.has(id!) && partOf(urn) !== 'Ui');
  const names = new Set(buckets.map(({ id }) => id));
  return resources.filter(
    (each) =>
      buckets.includes(each) || each.type === table || (guards.has(each.type) && names.has(each.inputs?.bucket)),
  );
}

/** Names and prices of the buckets and tables among them; a table that is gone costs nothing. */
export async function pricesOf(
  kept: readonly StateResource[],
  contents: readonly BucketContents[],
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
    }
  }
  return found;
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

import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { table } from '../../../functions/stack/table-schema.ts';
import { UserError } from '../../errors.ts';
import type { AwsAccount } from '../account.ts';

/** DynamoDB takes one change of it an hour. Source: DynamoDB API Reference, UpdateTimeToLive. */
const tooSoon = /modified multiple times/i;

/** Whether rows of the table go at their time; undefined where there is no such table. */
async function expires(dynamodb: DynamoDBClient, TableName: string): Promise<boolean | undefined> {
  try {
    const { TimeToLiveDescription } = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName }));
    return /^ENABL/.test(TimeToLiveDescription?.TimeToLiveStatus ?? '');
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** False where AWS takes the change only later. */
async function setExpiry(dynamodb: DynamoDBClient, TableName: string, Enabled: boolean): Promise<boolean> {
  try {
    const TimeToLiveSpecification = { AttributeName: table.ttl, Enabled };
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    return true;
  } catch (error) {
    const { name, message } = error as Error;
    if (name === 'ValidationException' && tooSoon.test(message)) return false;
    throw error;
  }
}

/** Keeps the rows of a table beyond their time. A table that is gone has none. Throws `expiryBusy`. */
export async function stopExpiry(tableName: string, { client }: AwsAccount): Promise<void> {
  const dynamodb = new DynamoDBClient(client);
  if (!(await expires(dynamodb, tableName))) return;
  if (!(await setExpiry(dynamodb, tableName, false))) throw new UserError('expiryBusy', { table: tableName });
}

/** Undoes that. False where AWS takes it only later: then the next `up` does it. */
export async function resumeExpiry(tableName: string, { client }: AwsAccount): Promise<boolean> {
  const dynamodb = new DynamoDBClient(client);
  return (await expires(dynamodb, tableName)) !== false || (await setExpiry(dynamodb, tableName, true));
}

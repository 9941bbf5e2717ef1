import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  DeleteTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { table } from '../../../functions/stack/table-schema.ts';

const keys = (partition: string, sort: string): KeySchemaElement[] => [
  { AttributeName: partition, KeyType: 'HASH' },
  { AttributeName: sort, KeyType: 'RANGE' },
];

/** Makes a table of the service's shape, as infra does; disposing deletes it. */
export async function makeTable(client: DynamoDBClient, TableName = `table-${randomUUID()}`) {
  const global = Object.values(table.indexes);
  const local = Object.values(table.localIndexes);
  const names = [
    table.partitionKey,
    table.sortKey,
    ...global.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
    ...local.map(({ sortKey }) => sortKey),
  ];
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys(table.partitionKey, table.sortKey),
      GlobalSecondaryIndexes: global.map(({ name, partitionKey, sortKey, projection }) => ({
        IndexName: name,
        KeySchema: keys(partitionKey, sortKey),
        Projection: { ProjectionType: projection },
      })),
      LocalSecondaryIndexes: local.map(({ name, sortKey, projection }) => ({
        IndexName: name,
        KeySchema: keys(table.partitionKey, sortKey),
        Projection: { ProjectionType: projection },
      })),
    }),
  );
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName,
      TimeToLiveSpecification: { AttributeName: table.ttl, Enabled: true },
    }),
  );
  return {
    name: TableName,
    async [Symbol.asyncDispose]() {
      await client.send(new DeleteTableCommand({ TableName }));
    },
  };
}

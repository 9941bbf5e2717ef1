import { randomUUID } from 'node:crypto';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { batchesOf } from '../../async/batches.ts';
import { forEachLimit } from '../../async/for-each-limit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { table as shape } from '../../stack/table-schema.ts';
import { failedConditions, isRefused, pauseAfter, throughContention } from './dynamo-contention.ts';
import { type Addition, type Change, type Key, terms, updateOf, type Values } from './dynamo-expressions.ts';
import { type Fields, fieldsOf, type Item, itemOf } from './dynamo-items.ts';

/** What a store over the table is opened with. `table`: its name. */
export interface TableOptions {
  client: DynamoDBClient;
  table: string;
  clock: Clock;
}

export interface Written {
  applied: boolean;
  /** As it is now; absent where there is none. */
  fields?: Fields;
}

export interface Query {
  index?: keyof typeof shape.indexes | keyof typeof shape.localIndexes;
  where: string;
  filter?: string;
  values: Values;
  newestFirst?: boolean;
  keysOnly?: boolean;
  /** Items that one request may look at. */
  limit?: number;
}

/** One of a transaction. */
export type Write = Change | { put: Fields & Key; where?: string } | { remove: Key; where?: string };

/** Items a request takes: DynamoDB's limits. */
const gotAtOnce = 100;
const deletedAtOnce = 25;
export const writtenAtOnce = 100;
const maxConcurrentWrites = 4;

export type DynamoTable = ReturnType<typeof dynamoTable>;

/**
 * The table as its stores use it. Reads are consistent but of the global indexes. A change leaves a mark of its own in the
 * item, so that one whose answer was lost, and that was therefore sent twice, is known to be applied.
 */
export function dynamoTable(client: DynamoDBClient, TableName: string) {
  const getBatch = async (keys: readonly Key[]): Promise<Fields[]> => {
    const found: Fields[] = [];
    let wanted: Item[] = keys.map(itemOf);
    for (let attempt = 0; wanted.length > 0; attempt++) {
      if (attempt > 0) await pauseAfter(attempt);
      const request = { [TableName]: { Keys: wanted, ConsistentRead: true } };
      const command = new BatchGetItemCommand({ RequestItems: request });
      const { Responses, UnprocessedKeys } = await throughContention(() => client.send(command));
      found.push(...(Responses?.[TableName] ?? []).map(fieldsOf));
      wanted = UnprocessedKeys?.[TableName]?.Keys ?? [];
    }
    return found;
  };
  const erase = async (keys: readonly Key[]) => {
    let requests = keys.map((key) => ({ DeleteRequest: { Key: itemOf(key) } }));
    for (let attempt = 0; requests.length > 0; attempt++) {
      if (attempt > 0) await pauseAfter(attempt);
      const command = new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } });
      const { UnprocessedItems } = await throughContention(() => client.send(command));
      requests = (UnprocessedItems?.[TableName] ?? []) as typeof requests;
    }
  };

  return {
    async get(key: Key): Promise<Fields | undefined> {
      const command = new GetItemCommand({ TableName, Key: itemOf(key), ConsistentRead: true });
      const { Item } = await throughContention(() => client.send(command));
      return Item && fieldsOf(Item);
    },
    /** In no order; what is missing is left out. */
    async getAll(keys: readonly Key[]): Promise<Fields[]> {
      const found: Fields[] = [];
      for (const batch of batchesOf(keys, gotAtOnce)) found.push(...(await getBatch(batch)));
      return found;
    },
    /** Pages of what there is, as DynamoDB cuts them; a page may be empty. */
    async *query({ index, where, filter, values, newestFirst = false, keysOnly = false, limit }: Query) {
      const projection = keysOnly ? { ProjectionExpression: '#pk, #sk' } : {};
      let from: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          ...(index !== undefined && { IndexName: index }),
          ConsistentRead: index === undefined || index === 'undone',
          KeyConditionExpression: where,
          ...(filter !== undefined && { FilterExpression: filter }),
          ...projection,
          ...terms([where, filter ?? '', projection.ProjectionExpression ?? ''], values),
          ScanIndexForward: !newestFirst,
          ...(limit !== undefined && { Limit: limit }),
          ...(from !== undefined && { ExclusiveStartKey: from }),
        });
        const { Items, LastEvaluatedKey } = await throughContention(() => client.send(command));
        yield (Items ?? []).map(fieldsOf);
        from = LastEvaluatedKey;
      } while (from !== undefined);
    },
    /** How many items there are. */
    async count({ index, where, values }: Pick<Query, 'index' | 'where' | 'values'>): Promise<number> {
      let count = 0;
      let from: Item | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          ...(index !== undefined && { IndexName: index }),
          ConsistentRead: true,
          Select: 'COUNT',
          KeyConditionExpression: where,
          ...terms([where], values),
          ...(from !== undefined && { ExclusiveStartKey: from }),
        });
        const { Count, LastEvaluatedKey } = await throughContention(() => client.send(command));
        count += Count ?? 0;
        from = LastEvaluatedKey;
      } while (from !== undefined);
      return count;
    },
    async put(fields: Fields & Key, { where, values = {} }: { where: string; values?: Values }): Promise<Written> {
      const version = randomUUID();
      const Item = itemOf({ ...fields, version });
      return applied(version, { ...fields, version }, () =>
        client.send(
          new PutItemCommand({
            TableName,
            Item,
            ConditionExpression: where,
            ...terms([where], values),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
    },
    async update(change: Change): Promise<Written> {
      const version = randomUUID();
      return applied(version, undefined, () =>
        client.send(
          new UpdateItemCommand({
            TableName,
            ...updateOf({ ...change, set: { ...change.set, version } }),
            ReturnValues: 'ALL_NEW',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
    },
    /** What the counters that it adds to are then; undefined where the condition does not hold. Makes an item that is missing. */
    async add(addition: Addition): Promise<Fields | undefined> {
      const command = new UpdateItemCommand({ TableName, ...updateOf(addition), ReturnValues: 'UPDATED_NEW' });
      try {
        return fieldsOf((await throughContention(() => client.send(command))).Attributes ?? {});
      } catch (error) {
        if (!isRefused(error)) throw error;
        return undefined;
      }
    },
    /** All of them or none: then the indexes of those whose condition did not hold. At most `writtenAtOnce`. */
    async transact(writes: readonly Write[]): Promise<number[]> {
      const TransactItems = writes.map((write): TransactWriteItem => {
        if (!('put' in write || 'remove' in write)) return { Update: { TableName, ...updateOf(write) } };
        const { where } = write;
        const condition = where === undefined ? {} : { ConditionExpression: where, ...terms([where], {}) };
        if ('remove' in write) return { Delete: { TableName, Key: itemOf(write.remove), ...condition } };
        return { Put: { TableName, Item: itemOf(write.put), ...condition } };
      });
      try {
        await throughContention(() => client.send(new TransactWriteItemsCommand({ TransactItems })));
        return [];
      } catch (error) {
        const failed = failedConditions(error);
        if (failed.length === 0) throw error;
        return failed;
      }
    },
    async delete(key: Key, where?: string): Promise<void> {
      const condition = where === undefined ? {} : { ConditionExpression: where, ...terms([where], {}) };
      const command = new DeleteItemCommand({ TableName, Key: itemOf(key), ...condition });
      await throughContention(() => client.send(command)).catch((error) => {
        if (!isRefused(error)) throw error;
      });
    },
    /** Deletes the item where the condition holds, and returns what it was. */
    async take(key: Key, { where, values }: { where: string; values: Values }): Promise<Fields | undefined> {
      const command = new DeleteItemCommand({
        TableName,
        Key: itemOf(key),
        ConditionExpression: where,
        ...terms([where], values),
        ReturnValues: 'ALL_OLD',
      });
      try {
        const { Attributes } = await throughContention(() => client.send(command));
        return Attributes && fieldsOf(Attributes);
      } catch (error) {
        if (!isRefused(error)) throw error;
        return undefined;
      }
    },
    /** Whatever the query finds; repeat it when it was cut off. */
    async deleteAll(query: Pick<Query, 'where' | 'values'>): Promise<void> {
      for await (const found of this.query({ ...query, keysOnly: true })) {
        await forEachLimit(batchesOf(found as Key[], deletedAtOnce), maxConcurrentWrites, erase);
      }
    },
  };
}

async function applied(
  version: string,
  fields: Fields | undefined,
  write: () => Promise<{ Attributes?: Item | undefined }>,
): Promise<Written> {
  try {
    const { Attributes } = await throughContention(write);
    return { applied: true, fields: fields ?? fieldsOf(Attributes ?? {}) };
  } catch (error) {
    if (!isRefused(error)) throw error;
    if (error.Item === undefined) return { applied: false };
    const found = fieldsOf(error.Item);
    return { applied: found.version === version, fields: found };
  }
}

import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { conditionOf, type Item, type Terms, updated } from './expressions.ts';
import { type QueryInput, queryPage } from './query.ts';
import { StoredItems } from './stored-items.ts';

export interface Write extends Terms {
  Key?: Item;
  Item?: Item;
  ConditionExpression?: string;
  UpdateExpression?: string;
  ReturnValues?: string;
}

/** One item that a request changed or looked at, for whoever counts its units. */
export interface Touched {
  pk: string;
  sk: string;
  before: Item | undefined;
  /** Absent of a read. */
  after?: Item | undefined;
}

export interface Answer {
  output: Record<string, unknown>;
  reads: Touched[];
  writes: Touched[];
}

const meta = { $metadata: {} };
const keyOf = ({ Key, Item }: Write): [pk: string, sk: string] => {
  const key = (Key ?? Item)!;
  return [key.pk!.S!, key.sk!.S!];
};

/**
 * DynamoDB as the stores use it, in memory: each request is one step, and is read and written by DynamoDB's own rules of
 * expressions. It knows no other table. Its contract is that of the job store (tests/contract).
 */
export class DynamoModel {
  readonly items = new StoredItems();

  /** `action`: as DynamoDB names it. */
  answer(action: string, input: unknown): Answer {
    switch (action) {
      case 'GetItem':
        return this.#get(input as { Key: Item });
      case 'BatchGetItem':
        return this.#getAll(input as { RequestItems: Record<string, { Keys: Item[] }> });
      case 'Query':
        return this.#query(input as QueryInput);
      case 'PutItem':
      case 'UpdateItem':
      case 'DeleteItem':
        return this.#write(input as Write, action === 'DeleteItem');
      case 'BatchWriteItem':
        return this.#erase(input as { RequestItems: Record<string, { DeleteRequest: { Key: Item } }[]> });
      case 'TransactWriteItems':
        return this.#transact(input as { TransactItems: { Put?: Write; Update?: Write }[] });
      default:
        throw new Error(`the model of DynamoDB has no ${action}`);
    }
  }

  #get({ Key }: { Key: Item }): Answer {
    const [pk, sk] = keyOf({ Key });
    const before = this.items.get(pk, sk);
    return { output: { ...meta, ...(before && { Item: before }) }, reads: [{ pk, sk, before }], writes: [] };
  }

  #getAll({ RequestItems }: { RequestItems: Record<string, { Keys: Item[] }> }): Answer {
    const [[name, { Keys }]] = Object.entries(RequestItems) as [[string, { Keys: Item[] }]];
    const reads = Keys.map((Key): Touched => {
      const [pk, sk] = keyOf({ Key });
      return { pk, sk, before: this.items.get(pk, sk) };
    });
    const found = reads.flatMap(({ before }) => (before === undefined ? [] : [before]));
    return { output: { ...meta, Responses: { [name]: found }, UnprocessedKeys: {} }, reads, writes: [] };
  }

  #query(input: QueryInput): Answer {
    const { partition, read, output } = queryPage(input, this.items);
    const reads = read.map((before): Touched => ({ pk: partition, sk: before.sk!.S!, before }));
    return { output, reads: reads.length > 0 ? reads : [{ pk: partition, sk: '', before: undefined }], writes: [] };
  }

  #write(write: Write, isDelete: boolean): Answer {
    const [pk, sk] = keyOf(write);
    const before = this.items.get(pk, sk);
    if (!conditionOf(write.ConditionExpression, write)(before)) {
      const details = { ...meta, message: 'The conditional request failed' };
      throw new ConditionalCheckFailedException(before === undefined ? details : { ...details, Item: before });
    }
    const after = isDelete ? undefined : written(write, before);
    this.items.set(pk, sk, after);
    return {
      output: { ...meta, ...(write.ReturnValues?.endsWith('NEW') && { Attributes: after }) },
      reads: [],
      writes: [{ pk, sk, before, after }],
    };
  }

  #erase({ RequestItems }: { RequestItems: Record<string, { DeleteRequest: { Key: Item } }[]> }): Answer {
    const writes = Object.values(RequestItems)
      .flat()
      .map(({ DeleteRequest: { Key } }): Touched => {
        const [pk, sk] = keyOf({ Key });
        const before = this.items.get(pk, sk);
        this.items.set(pk, sk, undefined);
        return { pk, sk, before, after: undefined };
      });
    return { output: { ...meta, UnprocessedItems: {} }, reads: [], writes };
  }

  #transact({ TransactItems }: { TransactItems: { Put?: Write; Update?: Write }[] }): Answer {
    const parts = TransactItems.map(({ Put, Update }) => {
      const write = (Put ?? Update)!;
      const [pk, sk] = keyOf(write);
      const before = this.items.get(pk, sk);
      return { write, pk, sk, before, holds: conditionOf(write.ConditionExpression, write)(before) };
    });
    if (parts.some(({ holds }) => !holds))
      throw cancelled(parts.map(({ holds }) => (holds ? 'None' : 'ConditionalCheckFailed')));
    const writes = parts.map(({ write, pk, sk, before }): Touched => {
      const after = written(write, before);
      this.items.set(pk, sk, after);
      return { pk, sk, before, after };
    });
    return { output: meta, reads: [], writes };
  }
}

const written = (write: Write, before: Item | undefined): Item =>
  write.Item ?? updated(before ?? write.Key!, write.UpdateExpression!, write);

export function cancelled(codes: readonly string[]): TransactionCanceledException {
  const reasons: CancellationReason[] = codes.map((Code) => ({ Code }));
  return new TransactionCanceledException({
    ...meta,
    message: 'Transaction cancelled',
    CancellationReasons: reasons,
  });
}

import { ThrottlingException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { table } from '../../../functions/stack/table-schema.ts';
import type { Answering } from './answering-client.ts';
import type { Item } from './expressions.ts';
import { type Answer, cancelled, type DynamoModel, type Touched } from './model.ts';

/** Units a second. */
export interface Limits {
  partitionReads: number;
  partitionWrites: number;
  tableReads: number;
  tableWrites: number;
}

/**
 * Of one partition; of a table on demand that was never busier. Source: DynamoDB developer guide, Designing partition keys,
 * and Service quotas, default throughput of a new table.
 */
export const newTable: Limits = {
  partitionReads: 3000,
  partitionWrites: 1000,
  tableReads: 12_000,
  tableWrites: 4000,
};
/** The quota of a table on demand, once it was used as much. */
export const busyTable: Limits = { ...newTable, tableReads: 40_000, tableWrites: 40_000 };

/** Of one request, and of a transaction, which asks twice. Assumed: AWS says single-digit milliseconds. */
const latencyMs = 5;
const transactionMs = 15;

/** Up to a second's units can be taken at once. AWS lets a quiet partition save up more, which is not counted on. */
class Bucket {
  #left: number;
  #at = Date.now();
  readonly #perSecond: number;
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }
  isEmpty(): boolean {
    const now = Date.now();
    this.#left = Math.min(this.#perSecond, this.#left + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    return this.#left <= 0;
  }
  take(units: number): void {
    this.#left -= units;
  }
}

interface Meter {
  reads: number;
  writes: number;
  throttled: number;
  conflicts: number;
}

const throttled = { $metadata: {}, message: 'Throughput exceeds the current capacity' };
const conflict = { $metadata: {}, message: 'Transaction is ongoing for the item' };

const after = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

/** The model with AWS's limits, on the clock of `setTimeout` and `Date`, which may be a fake one. */
export function limitedAnswering(model: DynamoModel, limits: Limits): { answering: Answering; meter: Meter } {
  const meter: Meter = { reads: 0, writes: 0, throttled: 0, conflicts: 0 };
  const all = { reads: new Bucket(limits.tableReads), writes: new Bucket(limits.tableWrites) };
  const partitions = new Map<string, typeof all>();
  const bucketsOf = (pk: string) => {
    const known = partitions.get(pk) ?? {
      reads: new Bucket(limits.partitionReads),
      writes: new Bucket(limits.partitionWrites),
    };
    partitions.set(pk, known);
    return known;
  };
  /** Items of transactions that go on. */
  const busy = new Set<string>();

  const account = ({ reads, writes }: Answer, isTransaction: boolean) => {
    for (const [pk, units] of readUnits(reads)) {
      meter.reads += units;
      for (const each of [all, bucketsOf(pk)]) each.reads.take(units);
    }
    for (const touched of writes) {
      const units = writeUnits(touched) * (isTransaction ? 2 : 1);
      meter.writes += units;
      for (const each of [all, bucketsOf(touched.pk)]) each.writes.take(units);
    }
  };
  const isThrottled = (keys: readonly string[], kind: 'reads' | 'writes') =>
    all[kind].isEmpty() || keys.some((key) => bucketsOf(JSON.parse(key)[0])[kind].isEmpty());

  /** What DynamoDB says where it is asked too much, or another transaction is in the way. */
  function refusalOf(keys: readonly string[], kind: 'reads' | 'writes', isTransaction: boolean): Error | undefined {
    if (isThrottled(keys, kind)) {
      meter.throttled++;
      return isTransaction ? cancelled(['ThrottlingError']) : new ThrottlingException(throttled);
    }
    if (kind === 'reads' || !keys.some((key) => busy.has(key))) return undefined;
    meter.conflicts++;
    return isTransaction ? cancelled(['TransactionConflict']) : new TransactionConflictException(conflict);
  }

  async function answering(action: string, input: unknown): Promise<Record<string, unknown>> {
    const keys = keysOf(input);
    const kind = /Get|Query/.test(action) ? 'reads' : 'writes';
    const isTransaction = action === 'TransactWriteItems';
    const refused = refusalOf(keys, kind, isTransaction);
    if (refused !== undefined) {
      await after(latencyMs);
      throw refused;
    }
    const inWork = isTransaction ? keys : [];
    for (const key of inWork) busy.add(key);
    try {
      await after(isTransaction ? transactionMs : latencyMs);
      const answer = model.answer(action, input);
      account(answer, isTransaction);
      return answer.output;
    } finally {
      for (const key of inWork) busy.delete(key);
    }
  }
  return { answering, meter };
}

interface Named {
  Key?: Item;
  Item?: Item;
  Keys?: Item[];
  Put?: Named;
  Update?: Named;
  DeleteRequest?: Named;
  TransactItems?: Named[];
  RequestItems?: Record<string, Named | Named[]>;
  ExpressionAttributeValues?: Item;
}

/** Of the items that a request names; a query names its partition. */
function keysOf(input: unknown): string[] {
  const { Key, Item, Keys = [], Put, Update, DeleteRequest, TransactItems = [], RequestItems = {} } = input as Named;
  const keys = [Key ?? Item, ...Keys].filter((key) => key !== undefined);
  const inside = [Put, Update, DeleteRequest, ...TransactItems, ...Object.values(RequestItems).flat()];
  const { ExpressionAttributeValues: values } = input as Named;
  const partition = keys.length === 0 && inside.every((part) => part === undefined) ? values?.pk?.S : undefined;
  return [
    ...keys.map(({ pk, sk }) => JSON.stringify([pk!.S, sk!.S])),
    ...inside.flatMap((part) => (part === undefined ? [] : keysOf(part))),
    ...(partition === undefined ? [] : [JSON.stringify([partition, ''])]),
  ];
}

const sizeOf = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, { S, N }]) => sum + name.length + Buffer.byteLength(S ?? N ?? '1'), 0);

/** A unit for each 4 KB of an item; of a query of all its items together, of several items each by itself. */
function readUnits(reads: readonly Touched[]): Map<string, number> {
  const bytes = new Map<string, number>();
  for (const { pk, before } of reads) bytes.set(pk, (bytes.get(pk) ?? 0) + (before === undefined ? 1 : sizeOf(before)));
  return new Map([...bytes].map(([pk, sum]) => [pk, Math.ceil(sum / 4096)]));
}

/** A unit for each KB, and one for each entry of the local index that comes, goes or changes. */
function writeUnits({ before, after: next }: Touched): number {
  const { sortKey } = table.localIndexes.undone;
  const units = (item: Item | undefined) => (item === undefined ? 0 : Math.ceil(sizeOf(item) / 1024));
  const entryOf = (item: Item | undefined) => item?.[sortKey]?.S;
  const [was, is] = [entryOf(before), entryOf(next)];
  const entries = was === is ? Number(was !== undefined) : Number(was !== undefined) + Number(is !== undefined);
  return Math.max(units(before), units(next)) + entries;
}

import { table } from '../../../functions/stack/table-schema.ts';
import { conditionOf, type Item, orderOf, type Terms } from './expressions.ts';
import type { StoredItems } from './stored-items.ts';

export interface QueryInput extends Terms {
  IndexName?: string;
  KeyConditionExpression: string;
  FilterExpression?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
  Select?: string;
  ExclusiveStartKey?: Item;
}

/** What a page holds. Source: DynamoDB developer guide, Query: 1 MB; here of items of 200 B. */
const itemsAPage = 5000;

/** What a query reads: the keys of its table or index. */
interface Source {
  partition: string;
  /** Attributes. */
  partitionKey: string;
  sortKey: string;
  /** In order, from the first that may be wanted. */
  items: Iterable<Item>;
  /** The wanted ones follow one another, and nothing comes before them. */
  isRange: boolean;
}

function sourceOf(input: QueryInput, items: StoredItems): Source {
  const { IndexName: index, ExclusiveStartKey: start, ScanIndexForward: forward = true } = input;
  const [, name, value] = /^(#\w+) = (:\w+)/.exec(input.KeyConditionExpression)!;
  const partitionKey = input.ExpressionAttributeNames![name!]!;
  const partition = input.ExpressionAttributeValues![value!]!.S!;
  if (index === 'owner' || index === 'open') {
    const found = items.inIndex(index, partition);
    const { sortKey } = table.indexes[index];
    return { partition, partitionKey, sortKey, items: forward ? found : found.reverse(), isRange: false };
  }
  const sortKey = index === 'undone' ? table.localIndexes.undone.sortKey : table.sortKey;
  const from = start === undefined ? lowest(input) : orderOf(start[sortKey]!.S!);
  const found = items.inPartition(partition, index === 'undone' ? index : undefined);
  return { partition, partitionKey, sortKey, items: found.from(from), isRange: true };
}

/** The start of the range that a key condition names, as far as it does. */
function lowest({ KeyConditionExpression, ExpressionAttributeValues: values }: QueryInput): string {
  const [, name] =
    /BETWEEN (:\w+)/.exec(KeyConditionExpression) ?? /begins_with\(#\w+, (:\w+)\)/.exec(KeyConditionExpression) ?? [];
  return name === undefined ? '' : orderOf(values![name]!.S!);
}

/** The items that a request looks at, one more than the page where there are more. */
function* lookedAt(input: QueryInput, { sortKey, items, isRange }: Source): Generator<Item> {
  const { ExclusiveStartKey: start, ScanIndexForward: forward = true } = input;
  const wanted = conditionOf(input.KeyConditionExpression, input);
  const rank = (item: Item) => orderOf(item[sortKey]!.S!);
  const isBehind = (item: Item) =>
    start === undefined || (forward ? rank(item) > rank(start) : rank(item) < rank(start));
  for (const item of items) {
    if (!isBehind(item)) continue;
    if (wanted(item)) yield item;
    else if (isRange) return;
  }
}

export interface QueryPage {
  partition: string;
  /** Those that the request paid for, filtered out or not. */
  read: readonly Item[];
  output: Record<string, unknown>;
}

/** One page, as DynamoDB cuts it: with a limit, it may say that more follows where nothing does. */
export function queryPage(input: QueryInput, items: StoredItems): QueryPage {
  const source = sourceOf(input, items);
  const size = Math.min(input.Limit ?? itemsAPage, itemsAPage);
  const read: Item[] = [];
  for (const item of lookedAt(input, source)) if (read.push(item) === size) break;
  const last = read.length === size ? read.at(-1) : undefined;
  const keys = ['pk', 'sk', source.partitionKey, source.sortKey];
  const found = read.filter(conditionOf(input.FilterExpression, input));
  return {
    partition: source.partition,
    read,
    output: {
      $metadata: {},
      Count: found.length,
      ...(input.Select !== 'COUNT' && { Items: found }),
      ...(last && { LastEvaluatedKey: Object.fromEntries(keys.map((each) => [each, last[each]])) }),
    },
  };
}

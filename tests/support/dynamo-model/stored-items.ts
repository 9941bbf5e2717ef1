import { table } from '../../../functions/stack/table-schema.ts';
import { type Item, orderOf } from './expressions.ts';

/** Items in order of one attribute's UTF-8 bytes. */
class Ordered {
  readonly #attribute: string;
  readonly #keys: string[] = [];
  readonly #items: Item[] = [];

  constructor(attribute: string) {
    this.#attribute = attribute;
  }

  /** Where the key is, or would be. */
  #find(key: string): number {
    let [low, high] = [0, this.#keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  replace(before: Item | undefined, after: Item | undefined): void {
    for (const [item, isNew] of [
      [before, false],
      [after, true],
    ] as const) {
      const sort = item?.[this.#attribute]?.S;
      if (item === undefined || sort === undefined) continue;
      const key = orderOf(sort);
      const at = this.#find(key);
      if (isNew) {
        this.#keys.splice(at, 0, key);
        this.#items.splice(at, 0, item);
      } else {
        this.#keys.splice(at, 1);
        this.#items.splice(at, 1);
      }
    }
  }

  /** From the first that is not before `key`. */
  *from(key: string): Generator<Item> {
    for (let at = this.#find(key); at < this.#items.length; at++) yield this.#items[at]!;
  }
  all = (): readonly Item[] => this.#items;
}

interface Partition {
  items: Map<string, Item>;
  bySort: Ordered;
  undone: Ordered;
}

/** The items of one table of the service's shape, with its indexes. Items are replaced, never changed. */
export class StoredItems {
  readonly #partitions = new Map<string, Partition>();
  /** Those that are in a global index: jobs, shares. */
  readonly #listed = new Map<string, Item>();

  get(pk: string, sk: string): Item | undefined {
    return this.#partitions.get(pk)?.items.get(sk);
  }

  /** Undefined takes the item away. */
  set(pk: string, sk: string, after: Item | undefined): void {
    const partition = this.#partitions.get(pk) ?? {
      items: new Map<string, Item>(),
      bySort: new Ordered(table.sortKey),
      undone: new Ordered(table.localIndexes.undone.sortKey),
    };
    this.#partitions.set(pk, partition);
    const before = partition.items.get(sk);
    partition.bySort.replace(before, after);
    partition.undone.replace(before, after);
    const key = JSON.stringify([pk, sk]);
    if (after === undefined) partition.items.delete(sk);
    else partition.items.set(sk, after);
    const isListed = Object.values(table.indexes).some(({ partitionKey }) => after?.[partitionKey] !== undefined);
    if (after !== undefined && isListed) this.#listed.set(key, after);
    else this.#listed.delete(key);
  }

  inPartition(pk: string, index?: 'undone'): Ordered {
    const partition = this.#partitions.get(pk);
    if (partition === undefined) return new Ordered(table.sortKey);
    return index === undefined ? partition.bySort : partition.undone;
  }

  /** Of a global index, in its order. */
  inIndex(index: keyof typeof table.indexes, value: string): Item[] {
    const { partitionKey, sortKey } = table.indexes[index];
    const order = (item: Item) => `${orderOf(item[sortKey]!.S!)} ${item.pk!.S} ${item.sk!.S}`;
    return [...this.#listed.values()]
      .filter((item) => item[partitionKey]?.S === value && item[sortKey] !== undefined)
      .sort((a, b) => (order(a) < order(b) ? -1 : 1));
  }

  all = (): Item[] => [...this.#partitions.values()].flatMap(({ items }) => [...items.values()]);
}

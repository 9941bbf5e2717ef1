import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Figure } from '../../core/figure.ts';
import type { Figures } from '../../ports/figures.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import { dynamoTable } from './dynamo-table.ts';
import { keyOfEntry } from './job-items.ts';

/*
 * All cards share one partition, whose sort key is the id, so that the wall is one consistent query: a lab has thousands of
 * them, of a kilobyte each, and writes some a day. Public ones are in the index `owner`, those of a person in `open`, and
 * those that end in the local index, by their end.
 */

const pk = 'figures';
const publicKey = 'figures#public';
const ownerKey = (owner: string): string => `figures#${owner}`;
/** Fifteen digits order milliseconds as text. */
const endOf = (until: number): string => String(until).padStart(15, '0');
/** Sorts behind every id. */
const newest = '~';

const fieldsOf = (figure: Figure): Fields & Key => ({
  ...{ pk, sk: figure.id },
  data: JSON.stringify(figure),
  owner: figure.owner,
  ...(figure.scope === 'public' && { ownerKey: publicKey, ownerSort: figure.id }),
  ...{ openKey: ownerKey(figure.owner), openSort: figure.id },
  ...(figure.until !== undefined && { undoneSort: `${endOf(figure.until)}#${figure.id}` }),
});

const figureOf = ({ data }: Fields): Figure => JSON.parse(String(data)) as Figure;

const lists = {
  lab: { where: '#pk = :of AND #sk < :before' },
  public: { index: 'owner', where: '#ownerKey = :of AND #ownerSort < :before' },
  byOwner: { index: 'open', where: '#openKey = :of AND #openSort < :before' },
} as const;

/** The list of public cards and that of a person are eventually consistent; whether a card is there, and public, is not. */
export function dynamoFigures({ client, table: name }: { client: DynamoDBClient; table: string }): Figures {
  const table = dynamoTable(client, name);

  /** In the order of the keys. */
  const figuresAt = async (keys: readonly Key[]): Promise<Figure[]> => {
    const stored = new Map((await table.getAll(keys)).map((fields) => [fields.sk, fields]));
    return keys.flatMap(({ sk }) => (stored.has(sk) ? [figureOf(stored.get(sk)!)] : []));
  };
  const list = async (
    which: keyof typeof lists,
    of: string,
    { cursor, limit = 100 }: { cursor?: string; limit?: number } = {},
  ) => {
    const names = ['figures', which, of];
    const found: Figure[] = [];
    const pages = table.query({
      ...lists[which],
      values: { of, before: cursor === undefined ? newest : readCursor(names, cursor) },
      newestFirst: true,
      limit: limit + 1,
    });
    for await (const entries of pages) {
      const figures = which === 'lab' ? entries.map(figureOf) : await figuresAt(entries.map(keyOfEntry));
      found.push(...figures.filter(({ scope }) => which !== 'public' || scope === 'public'));
      if (found.length > limit) break;
    }
    if (found.length <= limit) return { items: found };
    return { items: found.slice(0, limit), cursor: writeCursor(names, found[limit - 1]!.id) };
  };

  return {
    async add(figure) {
      await table.put(fieldsOf(figure), { where: 'attribute_not_exists(#pk)' });
    },
    async get(id) {
      const fields = await table.get({ pk, sk: id });
      return fields && figureOf(fields);
    },
    async replace(figure) {
      const { applied } = await table.put(fieldsOf(figure), { where: '#owner = :of', values: { of: figure.owner } });
      return applied;
    },
    remove: (id) => table.delete({ pk, sk: id }),
    list: (scope, page) => list(scope, scope === 'lab' ? pk : publicKey, page),
    byOwner: (owner, page) => list('byOwner', ownerKey(owner), page),
    async over(now, limit) {
      const found: Figure[] = [];
      const before = endOf(now + 1);
      const where = '#pk = :pk AND #undoneSort < :before';
      for await (const entries of table.query({ index: 'undone', where, values: { pk, before }, limit })) {
        found.push(...entries.map(figureOf));
        if (found.length >= limit) break;
      }
      return found.slice(0, limit);
    },
  };
}

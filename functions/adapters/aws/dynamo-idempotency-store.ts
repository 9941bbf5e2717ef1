import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { IdempotencyStore } from '../../ports/idempotency-store.ts';
import type { Key } from './dynamo-expressions.ts';
import { dynamoTable, type TableOptions } from './dynamo-table.ts';

const compress = promisify(gzip);
const expand = promisify(gunzip);

const partitionOf = (owner: string): string => `answer#${owner}`;
const keyOf = (owner: string, key: string): Key => ({ pk: partitionOf(owner), sk: key });
/** In milliseconds, and for DynamoDB in seconds. */
const end = (until: number) => ({ until, expiresAt: Math.ceil(until / 1000) });

/** Bodies are kept compressed: an answer with five hundred signed addresses is larger than an item may be. */
export function dynamoIdempotencyStore({ client, table: name, clock }: TableOptions): IdempotencyStore {
  const table = dynamoTable(client, name);
  return {
    async claim(owner, key, request, leaseSeconds) {
      const now = clock.now();
      const { applied, fields } = await table.put(
        { ...keyOf(owner, key), request, ...end(now + leaseSeconds * 1000) },
        { where: 'attribute_not_exists(#pk) OR #until <= :now', values: { now } },
      );
      if (applied) return 'fresh';
      if (fields!.request !== request) return 'other';
      const { status, body } = fields!;
      if (status === undefined) return 'running';
      return { status: Number(status), body: (await expand(body as Uint8Array)).toString() };
    },
    /** Does nothing where the claim was forgotten. */
    async keep(owner, key, { status, body }, seconds) {
      await table.update({
        key: keyOf(owner, key),
        set: { status, body: await compress(body), ...end(clock.now() + seconds * 1000) },
        where: 'attribute_exists(#pk)',
      });
    },
    release: (owner, key) => table.delete(keyOf(owner, key), 'attribute_not_exists(#status)'),
    forgetOwner: (owner) => table.deleteAll({ where: '#pk = :pk', values: { pk: partitionOf(owner) } }),
  };
}

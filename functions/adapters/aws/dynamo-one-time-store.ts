import { createHash } from 'node:crypto';
import type { OneTimeKind, OneTimeStore } from '../../ports/one-time-store.ts';
import { oneTimePrefix } from '../../stack/table-schema.ts';
import type { Key } from './dynamo-expressions.ts';
import { dynamoTable, type TableOptions } from './dynamo-table.ts';

/** Below a digest, so that whoever reads the table has nothing to show. */
function keyOf(kind: OneTimeKind, secret: string): Key {
  const digest = createHash('sha256').update(secret).digest('hex');
  return { pk: `${oneTimePrefix}${digest}`, sk: kind };
}

/** A value whose answer was lost on the way back is gone: whoever asks begins again. */
export function dynamoOneTimeStore({ client, table: name, clock }: TableOptions): OneTimeStore {
  const table = dynamoTable(client, name);
  return {
    async put(kind, secret, value, seconds) {
      const until = clock.now() + seconds * 1000;
      const fields = { ...keyOf(kind, secret), value, until, expiresAt: Math.ceil(until / 1000) };
      await table.put(fields, { where: 'attribute_not_exists(#pk)' });
    },
    async take(kind, secret) {
      const fields = await table.take(keyOf(kind, secret), { where: '#until > :now', values: { now: clock.now() } });
      return fields === undefined ? undefined : String(fields.value);
    },
  };
}

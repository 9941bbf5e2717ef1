import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dayMs } from '../../core/time.ts';
import type { Counters, Usage } from '../../ports/usage.ts';
import { dynamoTable } from './dynamo-table.ts';

const counters = ['jobs', 'bytes'] as const satisfies (keyof Counters)[];

/** The counters of a day that is over are not read; DynamoDB forgets them after a week. */
const keptDays = 7;

const partitionOf = (day: string): string => `usage#${day}`;

export function dynamoUsage({ client, table: name }: { client: DynamoDBClient; table: string }): Usage {
  const table = dynamoTable(client, name);
  return {
    async spend(owner, day, amounts, limits) {
      const more = (counter: keyof Counters) => amounts[counter] ?? 0;
      const spent = counters.filter((counter) => more(counter) > 0);
      if (spent.length === 0) return undefined;
      const left = (counter: keyof Counters) => limits[counter] - more(counter);
      const { applied, fields } = await table.update({
        key: { pk: partitionOf(day), sk: owner },
        set: { expiresAt: Math.floor(Date.parse(day) / 1000) + ((1 + keptDays) * dayMs) / 1000 },
        add: Object.fromEntries(counters.map((counter) => [counter, more(counter)])),
        where: spent
          .map((counter) =>
            left(counter) < 0
              ? `#${counter} <= :${counter}`
              : `(attribute_not_exists(#${counter}) OR #${counter} <= :${counter})`,
          )
          .join(' AND '),
        values: Object.fromEntries(spent.map((counter) => [counter, left(counter)])),
      });
      if (applied) return undefined;
      const used = (counter: keyof Counters) => Number(fields?.[counter] ?? 0);
      const over = spent.find((counter) => used(counter) + more(counter) > limits[counter])!;
      return { counter: over, used: used(over), limit: limits[over] };
    },
    async of(owner, day) {
      const { jobs = 0, bytes = 0 } = (await table.get({ pk: partitionOf(day), sk: owner })) ?? {};
      return { jobs: Number(jobs), bytes: Number(bytes) };
    },
    /** Of the days that DynamoDB has not forgotten. */
    async forget(before) {
      const end = Date.parse(before);
      for (let back = 1; back <= keptDays + 1; back++) {
        const day = new Date(end - back * dayMs).toISOString().slice(0, 10);
        await table.deleteAll({ where: '#pk = :day', values: { day: partitionOf(day) } });
      }
    },
  };
}

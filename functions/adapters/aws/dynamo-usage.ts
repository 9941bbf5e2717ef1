import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { dayMs } from '../../core/time.ts';
import type { Counters, Usage } from '../../ports/usage.ts';
import type { Fields } from './dynamo-items.ts';
import { dynamoTable } from './dynamo-table.ts';

const counters = ['jobs', 'files', 'bytes'] as const satisfies (keyof Counters)[];

/** Counters of days that are over are read for the month; DynamoDB forgets them then. */
const keptDays = 62;
/** Days that are asked for together. */
const maxConcurrentDays = 8;

const partitionOf = (day: string): string => `usage#${day}`;

export function dynamoUsage({ client, table: name }: { client: DynamoDBClient; table: string }): Usage {
  const table = dynamoTable(client, name);
  return {
    async spend(owner, day, amounts, limits) {
      const more = (counter: keyof Counters) => amounts[counter] ?? 0;
      const spent = counters.filter((counter) => more(counter) > 0);
      if (spent.length === 0) return undefined;
      const left = (counter: keyof Counters) => limits[counter]! - more(counter);
      const limited = spent.filter((counter) => limits[counter] !== undefined);
      const { applied, fields } = await table.update({
        key: { pk: partitionOf(day), sk: owner },
        set: { expiresAt: Math.floor(Date.parse(day) / 1000) + ((1 + keptDays) * dayMs) / 1000 },
        add: Object.fromEntries(counters.map((counter) => [counter, more(counter)])),
        where: whereOf(limited, left),
        values: Object.fromEntries(limited.map((counter) => [counter, left(counter)])),
      });
      if (applied) return undefined;
      const used = (counter: keyof Counters) => Number(fields?.[counter] ?? 0);
      const over = limited.find((counter) => used(counter) + more(counter) > limits[counter]!)!;
      return { counter: over, used: used(over), limit: limits[over]! };
    },
    async of(owner, day) {
      return countersOf((await table.get({ pk: partitionOf(day), sk: owner })) ?? {});
    },
    async total(from, to) {
      const sums = new Map<string, Counters>();
      await forEachLimit(daysBetween(from, to), maxConcurrentDays, async (day) => {
        const pages = table.query({ where: '#pk = :day', values: { day: partitionOf(day) } });
        for await (const page of pages) for (const fields of page) addTo(sums, String(fields.sk), countersOf(fields));
      });
      return sums;
    },
    /** Of every day that DynamoDB may still have; it is late with what is expired, by two days at most. */
    async forgetOwner(owner, today) {
      const first = new Date(Date.parse(today) - (keptDays + 5) * dayMs).toISOString().slice(0, 10);
      const days = daysBetween(first, today);
      await forEachLimit(days, maxConcurrentDays, (day) => table.delete({ pk: partitionOf(day), sk: owner }));
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

/** Each counter stays within what is left for it; a limit that what is added passes by itself lets in nothing. */
function whereOf(limited: readonly (keyof Counters)[], left: (counter: keyof Counters) => number): string {
  if (limited.length === 0) return 'attribute_not_exists(#pk) OR attribute_exists(#pk)';
  return limited
    .map((counter) =>
      left(counter) < 0
        ? `#${counter} <= :${counter}`
        : `(attribute_not_exists(#${counter}) OR #${counter} <= :${counter})`,
    )
    .join(' AND ');
}

const countersOf = ({ jobs = 0, files = 0, bytes = 0 }: Fields): Counters => ({
  jobs: Number(jobs),
  files: Number(files), // absent in counters of versions before it
  bytes: Number(bytes),
});

function addTo(sums: Map<string, Counters>, owner: string, { jobs, files, bytes }: Counters): void {
  const sum = sums.get(owner) ?? { jobs: 0, files: 0, bytes: 0 };
  sums.set(owner, { jobs: sum.jobs + jobs, files: sum.files + files, bytes: sum.bytes + bytes });
}

/** Both of them included. */
function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

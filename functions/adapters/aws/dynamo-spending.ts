import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Spending } from '../../ports/fleet.ts';
import { dynamoTable } from './dynamo-table.ts';

/** One item a month; a sum of millionths of a dollar, since whole numbers add up exactly. */
const keyOf = (month: string) => ({ pk: 'spending#machines', sk: month });

export function dynamoSpending({ client, table: name }: { client: DynamoDBClient; table: string }): Spending {
  const table = dynamoTable(client, name);
  return {
    async add(month, usd) {
      await table.add({ key: keyOf(month), set: {}, add: { microdollars: Math.ceil(usd * 1e6) } });
    },
    async spent(month) {
      const { microdollars = 0 } = (await table.get(keyOf(month))) ?? {};
      return Number(microdollars) / 1e6;
    },
  };
}

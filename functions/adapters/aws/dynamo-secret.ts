import { randomBytes } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoTable } from './dynamo-table.ts';

const secretBytes = 32;

/** A secret of the stack, made on first use and kept in its table. Of several first uses at once one wins. */
export async function dynamoSecret(
  { client, table: name }: { client: DynamoDBClient; table: string },
  secret: string,
): Promise<Buffer> {
  const table = dynamoTable(client, name);
  const key = { pk: `secret#${secret}`, sk: secret };
  const known = (await table.get(key)) ?? {};
  if (known.bytes instanceof Uint8Array) return Buffer.from(known.bytes);
  const { fields } = await table.update({
    key,
    set: { bytes: randomBytes(secretBytes) },
    where: 'attribute_not_exists(#bytes)',
  });
  return Buffer.from(fields!.bytes as Uint8Array);
}

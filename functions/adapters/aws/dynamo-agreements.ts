import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AgreementVersion } from '../../core/pictures/agreement.ts';
import type { BaseResource } from '../../core/pictures/base-resource.ts';
import type { Agreements, BaseResources } from '../../ports/pictures.ts';
import type { Key } from './dynamo-expressions.ts';
import { type DynamoTable, dynamoTable, type TableOptions } from './dynamo-table.ts';

/** Few rows that everybody reads whole; texts of all languages of a version together stay under DynamoDB's 400 KB an item. */
const pk = 'agreements';
const versionKey = (agreement: string, version: number): Key => ({
  pk,
  sk: `${agreement}#${String(version).padStart(6, '0')}`,
});

export async function readVersions(table: DynamoTable): Promise<AgreementVersion[]> {
  const versions: AgreementVersion[] = [];
  for await (const rows of table.query({ where: '#pk = :pk', values: { pk } }))
    versions.push(...rows.map(({ data }) => JSON.parse(String(data)) as AgreementVersion));
  return versions;
}

/** Administrators publish: two at once are rare. */
const mostTries = 20;

export function dynamoAgreements({ client, table: name, clock }: TableOptions): Agreements {
  const table = dynamoTable(client, name);
  return {
    async publish(version) {
      for (let tries = 0; tries < mostTries; tries++) {
        const before = (await readVersions(table)).filter(({ agreement }) => agreement === version.agreement);
        const published = { ...version, version: before.length + 1, publishedAt: clock.now() };
        const { applied } = await table.put(
          { ...versionKey(version.agreement, published.version), data: JSON.stringify(published) },
          { where: 'attribute_not_exists(#pk)' },
        );
        if (applied) return published;
      }
      throw new Error(`the agreement ${version.agreement} was published ${mostTries} times meanwhile`);
    },
    versions: () => readVersions(table),
  };
}

export function dynamoBaseResources({ client, table: name }: { client: DynamoDBClient; table: string }): BaseResources {
  const table = dynamoTable(client, name);
  const keyOf = (recipe: string, id: string): Key => ({ pk: `bases#${recipe}`, sk: id });
  return {
    async add(base) {
      const row = { ...keyOf(base.recipe, base.id), data: JSON.stringify(base) };
      await table.put(row, { where: 'attribute_not_exists(#pk)' });
    },
    async list(recipe) {
      const bases: BaseResource[] = [];
      for await (const rows of table.query({ where: '#pk = :pk', values: { pk: `bases#${recipe}` } }))
        bases.push(...rows.map(({ data }) => JSON.parse(String(data)) as BaseResource));
      return bases;
    },
    remove: (recipe, id) => table.delete(keyOf(recipe, id)),
  };
}

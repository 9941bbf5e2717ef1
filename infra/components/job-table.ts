import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { table } from '../../functions/stack/table-schema.ts';
import type { StackContext } from '../stack-context.ts';

/** The one table: jobs, files, usage and kept answers. Paid by the request. */
export class JobTable extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;

  constructor(name: string, { context }: { context: StackContext }, opts?: pulumi.ComponentResourceOptions) {
    super('labdeploy:part:JobTable', name, {}, opts);
    const { protectData } = context.config;
    const global = Object.values(table.indexes);
    const local = Object.values(table.localIndexes);
    const keys = [
      table.partitionKey,
      table.sortKey,
      ...global.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]),
      ...local.map(({ sortKey }) => sortKey),
    ];
    this.table = new aws.dynamodb.Table(
      name,
      {
        name: context.name('jobs', 'table'),
        billingMode: 'PAY_PER_REQUEST',
        hashKey: table.partitionKey,
        rangeKey: table.sortKey,
        attributes: [...new Set(keys)].map((key) => ({ name: key, type: 'S' })),
        globalSecondaryIndexes: global.map(({ name: index, partitionKey, sortKey, projection }) => ({
          name: index,
          hashKey: partitionKey,
          rangeKey: sortKey,
          projectionType: projection,
        })),
        localSecondaryIndexes: local.map(({ name: index, sortKey, projection }) => ({
          name: index,
          rangeKey: sortKey,
          projectionType: projection,
        })),
        ttl: { attributeName: table.ttl, enabled: true },
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: false }, // a key that AWS owns: always on, and free
        deletionProtectionEnabled: protectData,
      },
      { parent: this, protect: protectData },
    );
    this.registerOutputs({ table: this.table.name });
  }
}

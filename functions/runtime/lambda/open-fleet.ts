import { systemClock } from '../../ports/clock.ts';
import type { Fleet } from '../../ports/fleet.ts';
import { fleetEnvironment } from '../../stack/fleet-environment.ts';
import { fleetVariable } from '../../stack/resource-variables.ts';
import { readJsonVariable, type Variables } from './environment.ts';
import type { OpenPorts } from './ports.ts';

/** The machines for large images; undefined where the stack has none, and then nothing of them is loaded. */
export async function openFleet(
  { names, clients }: Pick<OpenPorts, 'names' | 'clients'>,
  variables: Variables,
): Promise<Fleet | undefined> {
  if (variables[fleetVariable] === undefined) return undefined;
  const { jobQueue, jobDefinition, most, monthlyLimit } = readJsonVariable(fleetVariable, fleetEnvironment, variables);
  const [{ BatchClient }, { batchFleet }, { dynamoSpending }] = await Promise.all([
    import('@aws-sdk/client-batch'),
    import('../../adapters/aws/batch-fleet.ts'),
    import('../../adapters/aws/dynamo-spending.ts'),
  ]);
  return batchFleet({
    ...{ jobQueue, jobDefinition, most, monthlyLimit },
    batch: new BatchClient({}),
    sqs: clients.sqs,
    queue: names.queues.large!,
    spending: dynamoSpending({ client: clients.dynamodb, table: names.table!.name }),
    clock: systemClock,
  });
}

import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoJobStore } from '../../../functions/adapters/aws/dynamo-job-store.ts';
import { weightedSemaphore } from '../../../functions/async/semaphore.ts';
import type { JobSettings } from '../../../functions/core/job.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';
import { offerModels } from '../../../functions/runtime/offered-models.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { attemptsOf } from '../attempts.ts';
import { manualClock } from '../manual-clock.ts';
import { memoryQueue } from '../memory/queue.ts';
import { clientsFor } from './clients.ts';
import type { Traffic } from './s3-traffic.ts';
import { s3World } from './s3-world.ts';
import { makeTable } from './table.ts';

export interface CountedStage extends Pick<Traffic, 'requests' | 'sent' | 'received'> {
  /** Units of capacity of the table and its indexes, as DynamoDB's rules of sizes and transactions make them. */
  table: { reads: number; writes: number };
  seconds: number;
}

/** Takes a folder of images through predict and zip against moto and tells what each asked of S3 and of the table. */
export async function countedJob(
  url: string,
  folder: string,
  model: string,
): Promise<{ files: number; bytes: number; resultBytes: number; predict: CountedStage; zip: CountedStage }> {
  const world = await s3World(url);
  const { dynamodb } = clientsFor(url);
  await using table = await makeTable(dynamodb);
  const units = tableUnits(dynamodb);
  const clock = manualClock();
  const jobs = dynamoJobStore({ client: dynamodb, table: table.name, clock });
  const queue = memoryQueue(clock, attemptsOf(5, { files: 3, notices: 10 }));
  const ports = { objects: world.store, jobs, queue, clock };
  const workers = Math.min(2, availableParallelism());
  await using offered = await offerModels([model], { workers });
  const { name, sha256 } = offered.views[0]!;
  const pinned = { name, sha256 };
  const job = { owner: 'lab', id: 'job-1' };
  await jobs.create({ ...job, name: 'folder', settings: { model: pinned, archive: true } });
  const paths = (await readdir(folder)).sort();
  let bytes = 0;
  for (const path of paths) {
    const sent = await world.store.put(inputRef(job, path), createReadStream(join(folder, path)));
    bytes += sent.bytes;
    await jobs.expect(job, [{ path, bytes: sent.bytes }]);
  }
  await jobs.seal(job);
  await jobs.submit(job);
  await offered.load({ model: pinned }, world.store);
  const measured = async (work: () => Promise<unknown>): Promise<CountedStage> => {
    world.take();
    units.take();
    const started = performance.now();
    await work();
    const seconds = (performance.now() - started) / 1000;
    const { requests, sent, received } = world.take();
    return { requests, sent, received, table: units.take(), seconds };
  };
  const services = {
    ...ports,
    ...{
      model: (settings: JobSettings) => offered.load(settings, world.store),
      planesAhead: workers + 1,
      admit: weightedSemaphore(2 * 2 ** 30),
    },
    deadline: { attempt: 'counted', near: () => false }, // as on Lambda, which looks for checkpoints
  };
  const predict = await measured(async () => {
    for (const path of paths) {
      const result = await predictFile({ ...job, path }, services);
      if (typeof result === 'string' || 'failed' in result) throw new Error(`${path}: ${JSON.stringify(result)}`);
    }
  });
  const zip = await measured(async () => {
    const result = await packageResults({ ...job, generation: 1 }, { ...ports, version: '0.0.0' });
    if (typeof result === 'string' || 'failed' in result) throw new Error(JSON.stringify(result));
  });
  let resultBytes = 0;
  const { objects } = await world.store.list('results', `${job.owner}/${job.id}/`);
  for (const each of objects) resultBytes += each.bytes;
  return { files: paths.length, bytes, resultBytes, predict, zip };
}

const perTransaction = 2;

/**
 * Units that the requests cost, counted by DynamoDB's rules for items under 1 KB: a read is one unit, of a query too; a
 * write is one, two in a transaction. Source: DynamoDB developer guide, read and write request units.
 */
function tableUnits(client: DynamoDBClient) {
  let units = { reads: 0, writes: 0 };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as {
        TransactItems?: unknown[];
        RequestItems?: Record<string, { Keys?: unknown[] } | unknown[]>;
      };
      switch (context.commandName) {
        case 'GetItemCommand':
        case 'QueryCommand':
          units.reads += 1;
          break;
        case 'BatchGetItemCommand':
          for (const each of Object.values(input.RequestItems ?? {}))
            units.reads += (each as { Keys?: unknown[] }).Keys?.length ?? 0;
          break;
        case 'TransactWriteItemsCommand':
          units.writes += perTransaction * (input.TransactItems?.length ?? 0);
          break;
        default:
          units.writes += 1;
      }
      return next(args);
    },
    { step: 'initialize', name: 'tableUnits' },
  );
  return {
    take() {
      const taken = units;
      units = { reads: 0, writes: 0 };
      return taken;
    },
  };
}

import { randomUUID } from 'node:crypto';
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { archivedZips } from '../../cli/deploy/cost/archived-zips.ts';
import { tracesOfJob } from '../../cli/deploy/cost/job-traces.ts';
import { metricsOfStack } from '../../cli/deploy/cost/stack-metrics.ts';
import { costEvents as events } from '../../cli/io/cost-events.ts';
import { archiveCost } from '../../functions/core/archive-cost.ts';
import type { Bucket } from '../../functions/core/object-keys.ts';
import { archivePrices } from '../../functions/stack/archive-prices.ts';
import { accountId, clientSettings, region } from '../support/simulated-account/clients.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';

await describeWithMoto('where labdeploy cost has its figures from', (moto) => {
  /** Buckets and log groups of a stack that has no more. */
  async function stack() {
    const { url } = moto();
    const { client: s3, buckets } = await s3World(url);
    const suffix = randomUUID();
    const functions = { predict: `predict-${suffix}`, zip: `zip-${suffix}` };
    const settings = clientSettings(url);
    const logs = new CloudWatchLogsClient(settings);
    for (const name of Object.values(functions)) {
      const stream = { logGroupName: `/aws/lambda/${name}`, logStreamName: 'one' };
      await logs.send(new CreateLogGroupCommand(stream));
      await logs.send(new CreateLogStreamCommand(stream));
    }
    const outputs = {
      ...{ url: 'https://page.example', apiUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com' },
      ...{ userPoolId: 'pool', table: 'jobs', queues: { files: `${url}/${accountId}/files` } },
      deadLetters: { files: `${url}/${accountId}/files-dead` },
      ...{ buckets, functions },
    };
    const account = {
      ...{ id: accountId, arn: 'arn', region, partition: 'aws' },
      client: { ...settings, forcePathStyle: true },
    };
    return {
      ...{ outputs, account },
      put: (bucket: Bucket, Key: string, bytes: number, StorageClass: 'STANDARD' | 'GLACIER' = 'STANDARD') =>
        s3.send(new PutObjectCommand({ Bucket: buckets[bucket], Key, Body: Buffer.alloc(bytes), StorageClass })),
      /** Under a name of its own: AWS alone counts below `AWS/`. Moto looks for metrics by their dimensions. */
      count: (MetricName: string, dimensions: Record<string, string>, ...values: number[]) =>
        new CloudWatchClient(settings).send(
          new PutMetricDataCommand({
            Namespace: 'Test',
            MetricData: values.map((Value) => ({
              ...{ MetricName, Value, Timestamp: new Date(Date.now() - 60_000) },
              Dimensions: Object.entries(dimensions).map(([Name, value]) => ({ Name, Value: value })),
            })),
          }),
        ),
      log: (stage: keyof typeof functions, ...lines: (object | string)[]) =>
        logs.send(
          new PutLogEventsCommand({
            ...{ logGroupName: `/aws/lambda/${functions[stage]}`, logStreamName: 'one' },
            logEvents: lines.map((line) => ({
              timestamp: Date.now(),
              message: typeof line === 'string' ? line : JSON.stringify(line),
            })),
          }),
        ),
    };
  }

  it('the archive is the zips in its class, by owner, and the stack says what they cost', async () => {
    const { outputs, account, put } = await stack();
    await put('downloads', 'ada/job-1/1/results.zip', 300, 'GLACIER');
    await put('downloads', 'olga/job-2/1/results.zip', 70, 'GLACIER');
    await put('downloads', 'olga/job-3/1/results.zip', 9);
    const zips = await archivedZips(outputs, account);
    expect(zips).toEqual([
      { owner: 'ada', bytes: 300 },
      { owner: 'olga', bytes: 70 },
    ]);
    const large = zips.map((zip) => ({ ...zip, bytes: zip.bytes * 1e9 }));
    const archive = { jobs: 2, bytes: 370e9, cost: archiveCost(large, archivePrices), prices: archivePrices };
    const said = events['cost.stack'].text({
      ...{ stack: 'dev', days: 30, cost: { usd: 0, lines: [] }, remarks: [], archive },
    });
    expect(said).toContain('archived now: 2 jobs, 370 GB, about $1.33 a month; not archived $8.51');
    expect(said).toContain('bringing all of it back costs about $3.70 once, or $3.70 without the fast way');
  });

  describe('the traces of a job', () => {
    it('say since when its zip is archived', async () => {
      const { outputs, account, put } = await stack();
      await put('inputs', 'ada/job-1/a.tif', 100);
      await put('downloads', 'ada/job-1/1/results.zip', 70);
      expect(await tracesOfJob('job-1', outputs, account)).not.toHaveProperty('archivedAt');
      await put('downloads', 'ada/job-1/1/results.zip', 70, 'GLACIER');
      const { archivedAt, objects } = (await tracesOfJob('job-1', outputs, account))!;
      expect(objects.downloads).toEqual({ count: 1, bytes: 70 });
      expect(Math.abs(archivedAt! - Date.now())).toBeLessThan(600_000);
    });

    it('are its own objects and what its functions logged, of nobody else', async () => {
      const { outputs, account, put, log } = await stack();
      await put('inputs', 'ada/job-1/a.tif', 100);
      await put('inputs', 'olga/job-2/a.tif', 1000);
      await put('inputs', 'olga/job-2/b.tif', 2000);
      await put('inputs', 'olga/job-22/c.tif', 4000);
      await put('results', 'olga/job-2/a.tif/labels.tif', 30);
      await put('downloads', 'olga/job-2/1/results.zip', 50);
      await log(
        'predict',
        { message: 'handled', job: 'job-2', path: 'a.tif', seconds: 2.5 },
        { message: 'handled', job: 'job-2', path: 'b.tif', seconds: 1.5 },
        { message: 'handled', job: 'job-1', path: 'job-2.tif', seconds: 8 },
        { message: 'predicted', job: 'job-2', seconds: 16 },
        'REPORT RequestId: job-2 Duration: 32 ms',
      );
      await log('zip', { message: 'handled', job: 'job-2', seconds: 0.25 });
      expect(await tracesOfJob('job-2', outputs, account)).toEqual({
        owner: 'olga',
        objects: {
          uploads: { count: 0, bytes: 0 },
          inputs: { count: 2, bytes: 3000 },
          results: { count: 1, bytes: 30 },
          downloads: { count: 1, bytes: 50 },
        },
        handled: { predict: { messages: 2, seconds: 4 }, zip: { messages: 1, seconds: 0.25 } },
      });
    });

    it('have what machines worked on its images, where the stack has some', async () => {
      const { outputs, account, put, log } = await stack();
      await put('inputs', 'olga/job-2/a.tif', 1000);
      await log(
        'predict',
        { event: 'worker.image', job: 'job-2', path: 'a.tif', seconds: 90, usd: 0.25 },
        { event: 'worker.image', job: 'job-1', path: 'job-2.tif', seconds: 90, usd: 8 },
        { event: 'worker.ended', images: 2, seconds: 240, usd: 0.5 },
      );
      const machines = { logGroup: `/aws/lambda/${outputs.functions.predict}` };
      expect(await tracesOfJob('job-2', { ...outputs, machines }, account)).toMatchObject({ machineUsd: 0.25 });
      expect(await metricsOfStack({ ...outputs, machines }, 1, account)).toMatchObject({ machineUsd: 0.5 });
      const none = { logGroup: '/aws/batch/none' };
      expect(await metricsOfStack({ ...outputs, machines: none }, 1, account)).toMatchObject({ machineUsd: 0 });
    });

    it('are none of a job that nobody has', async () => {
      const { outputs, account, put } = await stack();
      await put('inputs', 'ada/job-1/a.tif', 100);
      expect(await tracesOfJob('job', outputs, account)).toBeUndefined();
    });
  });

  it('the counters of a stack are summed up, each where it belongs', async () => {
    const { outputs, account, count } = await stack();
    const { predict, zip } = outputs.functions as { predict: string; zip: string };
    const table = { TableName: outputs.table };
    const bucket = (name: Bucket) => ({ BucketName: outputs.buckets[name], StorageType: 'StandardStorage' });
    await count('Duration', { FunctionName: predict }, 1500, 2500);
    await count('Duration', { FunctionName: zip }, 250);
    await count('Duration', { FunctionName: 'of another stack' }, 10_000);
    await count('Invocations', { FunctionName: predict }, 1, 1);
    await count('IncomingBytes', { LogGroupName: `/aws/lambda/${zip}` }, 700);
    await count('Count', { ApiId: 'abc' }, 30, 40);
    await count('ConsumedReadCapacityUnits', table, 5);
    await count('ConsumedWriteCapacityUnits', table, 6);
    await count('ConsumedWriteCapacityUnits', { ...table, GlobalSecondaryIndexName: 'owner' }, 7);
    await count('NumberOfEmptyReceives', { QueueName: 'files' }, 800);
    await count('NumberOfMessagesSent', { QueueName: 'files-dead' }, 2);
    await count('BucketSizeBytes', bucket('inputs'), 1000);
    await count('BucketSizeBytes', bucket('results'), 500);
    await count('Duration', { ProjectName: 'lab-builds' }, 90, 30);
    const counted = {
      seconds: { predict: 4, zip: 0.25 },
      invocations: 2,
      apiRequests: 70,
      tableReads: 5,
      tableWrites: 13,
      messages: 802,
      logBytes: 700,
      byteDays: 1500,
    };
    expect(await metricsOfStack(outputs, 1, account)).toEqual(counted);
    const builds = { project: 'lab-builds', repository: 'registry/lab-models' };
    expect(await metricsOfStack({ ...outputs, builds }, 1, account)).toEqual({ ...counted, buildSeconds: 120 });
  });
});

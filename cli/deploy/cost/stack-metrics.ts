import { CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { batchesOf } from '../../../functions/async/batches.ts';
import { dayMs, daySeconds } from '../../../functions/core/time.ts';
import { table } from '../../../functions/stack/table-schema.ts';
import type { ServiceOutputs } from '../../../infra/outputs.ts';
import type { AwsAccount } from '../account.ts';
import { machineUsd } from './machine-log.ts';

/** What AWS counted of one stack in some days. */
export interface StackMetrics {
  /** By function. */
  seconds: Record<string, number>;
  invocations: number;
  apiRequests: number;
  tableReads: number;
  tableWrites: number;
  /** Sends, receipts (of nothing, too) and removals; those of a batch count each. */
  messages: number;
  logBytes: number;
  /** Bytes times days, of all buckets. */
  byteDays: number;
  /** Seconds of builds of images; absent: the stack has no builder. */
  buildSeconds?: number;
  /** US dollars of machines that ended; absent: the stack has none. */
  machineUsd?: number;
}

type MeasuredOutputs = Pick<
  ServiceOutputs,
  'functions' | 'queues' | 'deadLetters' | 'buckets' | 'table' | 'apiUrl' | 'machines' | 'builds'
>;

/** A metric to sum up, and where its sum goes. */
interface Wanted {
  namespace: string;
  metric: string;
  dimensions: Record<string, string>;
  stat: 'Sum' | 'Average';
  add(metrics: StackMetrics, value: number): void;
}

/** CloudWatch's limit of one request. */
const queriesAtOnce = 500;

export async function metricsOfStack(
  outputs: MeasuredOutputs,
  days: number,
  { client }: AwsAccount,
): Promise<StackMetrics> {
  const metrics: StackMetrics = {
    ...{ seconds: {}, invocations: 0, apiRequests: 0, tableReads: 0, tableWrites: 0 },
    ...{ messages: 0, logBytes: 0, byteDays: 0 },
    ...(outputs.builds !== undefined && { buildSeconds: 0 }),
  };
  const wanted = wantedOf(outputs);
  const cloudWatch = new CloudWatchClient(client);
  const EndTime = new Date();
  const StartTime = new Date(EndTime.getTime() - days * dayMs);
  for (const batch of batchesOf(wanted, queriesAtOnce)) {
    const MetricDataQueries = batch.map(queryOf);
    const asked = { MetricDataQueries, StartTime, EndTime };
    for await (const { MetricDataResults = [] } of paginateGetMetricData({ client: cloudWatch }, asked)) {
      for (const { Id, Values = [] } of MetricDataResults) {
        const { add } = batch[Number(Id!.slice(1))]!;
        for (const value of Values) add(metrics, value);
      }
    }
  }
  const { machines } = outputs;
  if (machines === undefined) return metrics;
  const lines = { event: 'worker.ended', since: StartTime.getTime() } as const;
  return { ...metrics, machineUsd: await machineUsd(machines.logGroup, new CloudWatchLogsClient(client), lines) };
}

const queryOf = ({ namespace, metric, dimensions, stat }: Wanted, i: number): MetricDataQuery => ({
  Id: `m${i}`,
  MetricStat: {
    Metric: {
      Namespace: namespace,
      MetricName: metric,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    },
    Period: daySeconds,
    Stat: stat,
  },
});

function wantedOf(outputs: MeasuredOutputs): Wanted[] {
  const { functions, queues, deadLetters, buckets, table: tableName, apiUrl, builds } = outputs;
  const sum = (namespace: string, metric: string, dimensions: Record<string, string>, add: Wanted['add']): Wanted => ({
    namespace,
    metric,
    dimensions,
    stat: 'Sum',
    add,
  });
  const nameOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const capacity = (dimensions: Record<string, string>) => [
    sum('AWS/DynamoDB', 'ConsumedReadCapacityUnits', dimensions, (m, value) => {
      m.tableReads += value;
    }),
    sum('AWS/DynamoDB', 'ConsumedWriteCapacityUnits', dimensions, (m, value) => {
      m.tableWrites += value;
    }),
  ];
  const requests = [
    'NumberOfMessagesSent',
    'NumberOfMessagesReceived',
    'NumberOfEmptyReceives',
    'NumberOfMessagesDeleted',
  ];
  return [
    ...Object.entries(functions).flatMap(([part, FunctionName]) => [
      sum('AWS/Lambda', 'Duration', { FunctionName }, ({ seconds }, ms) => {
        seconds[part] = (seconds[part] ?? 0) + ms / 1000;
      }),
      sum('AWS/Lambda', 'Invocations', { FunctionName }, (m, value) => {
        m.invocations += value;
      }),
      sum('AWS/Logs', 'IncomingBytes', { LogGroupName: `/aws/lambda/${FunctionName}` }, (m, value) => {
        m.logBytes += value;
      }),
    ]),
    sum('AWS/ApiGateway', 'Count', { ApiId: new URL(apiUrl).hostname.split('.')[0]! }, (m, value) => {
      m.apiRequests += value;
    }),
    ...capacity({ TableName: tableName }),
    ...Object.values(table.indexes).flatMap(({ name }) =>
      capacity({ TableName: tableName, GlobalSecondaryIndexName: name }),
    ),
    ...[...Object.values(queues), ...Object.values(deadLetters)].flatMap((url) =>
      requests.map((metric) =>
        sum('AWS/SQS', metric, { QueueName: nameOf(url) }, (m, value) => {
          m.messages += value;
        }),
      ),
    ),
    ...(builds === undefined
      ? []
      : [
          sum('AWS/CodeBuild', 'Duration', { ProjectName: builds.project }, (m, value) => {
            m.buildSeconds = (m.buildSeconds ?? 0) + value;
          }),
        ]),
    ...Object.values(buckets).map(
      (BucketName): Wanted => ({
        ...{ namespace: 'AWS/S3', metric: 'BucketSizeBytes', stat: 'Average' },
        dimensions: { BucketName, StorageType: 'StandardStorage' },
        add(m, bytes) {
          m.byteDays += bytes; // one value a day
        },
      }),
    ),
  ];
}

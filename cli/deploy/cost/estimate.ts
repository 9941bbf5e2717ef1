import { api } from '../../../functions/api/descriptor.ts';
import { featureOfQueue, type QueueName } from '../../../functions/core/messages.ts';
import { daySeconds } from '../../../functions/core/time.ts';
import { megabytesPerProcessor } from '../../../functions/stack/lambda-facts.ts';
import { predict } from '../../../functions/stages/predict/descriptor.ts';
import { isFed, isScheduled, type ScheduledStage, type Stage } from '../../../functions/stages/stage.ts';
import { stages as allStages } from '../../../functions/stages/stages.ts';
import { zip } from '../../../functions/stages/zip/descriptor.ts';
import { isPolled } from '../../../infra/concurrency.ts';
import type { Config } from '../../../infra/config.ts';
import { featuresOf, stagesOf } from '../../../infra/features.ts';
import { configured, functionsOf } from '../../../infra/functions.ts';
import type { Cost, CostLine } from '../../io/cost-events.ts';
import type { JobTraces } from './job-traces.ts';
import { type Item, items, pricesIn, priceTable, units } from './prices.ts';
import type { StackMetrics } from './stack-metrics.ts';

/** Amounts of what is billed, in its unit. */
export type Usage = Partial<Record<Item, number>>;

export function estimateCost(usage: Usage, region: string): Cost {
  const { prices, estimated } = pricesIn(region);
  const lines = (Object.entries(usage) as [Item, number][])
    .filter(([, amount]) => amount > 0)
    .map(([item, amount]): CostLine => {
      const { what, free } = items[item];
      return {
        ...{ item, what, amount, unit: units[item], usd: amount * prices[item] },
        ...(estimated.includes(item) && { estimated: true }),
        ...(free !== undefined && { free }),
      };
    })
    .sort((a, b) => b.usd - a.usd);
  return { usd: lines.reduce((sum, { usd }) => sum + usd, 0), lines };
}

/** US dollars a month for bytes in buckets: what `destroy --keep-data` leaves. */
export const monthlyStorageUsd = (bytes: number, region: string): number =>
  (bytes / 1e9) * pricesIn(region).prices.storage;

/** What is known of one image of 40 MB, one plane of 4472 x 4472 pixels of 16 bit, with models/nuclei. */
export const measured = {
  megabytes: 40,
  /** Of predict on two processors. Source: bench/RESULTS.md, row `run`: 41.4 s for 16 images, whose steps overlap; without the time that S3 takes. */
  predictSeconds: 41.4 / 16,
  processors: 2,
  /** Labels, preview, measurements and summary. Source: counted, as the requests are. */
  resultMegabytes: 2.33,
  /**
   * Requests by image, and by job, of predict and zip. Source: counted at the clients of S3 and DynamoDB;
   * `npm run bench -- cost` counts them again and fails where they are others.
   */
  image: { reads: 12, writes: 5, tableReads: 6, tableWrites: 4 },
  job: { writes: 5, tableReads: 7, tableWrites: 2 },
} as const;

/** What is not measured: of every image, and of every job. */
const assumed = {
  /** Of zip for an image's results. */
  zipSeconds: 0.12,
  apiSeconds: 0.05,
  /** Of the page that is open while a job runs: listing, polling, previews. */
  apiRequestsAJob: 600,
  /** Signing, for each image. */
  apiRequestsAnImage: 0.1,
  /** An event of S3, its receipt and its removal. */
  messagesAnImage: 3,
  /** Registered in a transaction with its job: of 99 at most. */
  registeringWrites: 2.1,
  logBytesAnImage: 2000,
  tableBytesAnImage: 500,
} as const;

const daysAMonth = 365 / 12;
const secondsAMonth = daysAMonth * daySeconds;

const compute = ({ architecture }: Pick<Config, 'architecture'>): Item =>
  architecture === 'x64' ? 'computeX64' : 'computeArm64';
const gigabyteSeconds = (memoryMb: number, seconds: number) => (memoryMb / 1024) * seconds;

export interface Folder {
  files: number;
  /** Of each file. */
  megabytes: number;
  /** Of predict for each file; default: what was measured, in proportion to size and processors. */
  seconds?: number;
}

/** Seconds of predict for one image under this configuration. */
export const predictSeconds = ({ memory }: Pick<Config, 'memory'>, megabytes: number): number =>
  ((measured.predictSeconds * megabytes) / measured.megabytes) *
  (measured.processors / (memory / megabytesPerProcessor));

/** One folder sent as files, predicted, kept as long as the configuration says, and its zip downloaded once. */
export function usageOfFolder({ files, megabytes, seconds }: Folder, config: Config): Usage {
  const months = config.retentionDays / daysAMonth;
  const inputMonths = Math.min(config.inputDays, config.retentionDays) / daysAMonth;
  const inputs = (files * megabytes) / 1000;
  const results = (inputs * measured.resultMegabytes) / measured.megabytes;
  const requests = assumed.apiRequestsAJob + assumed.apiRequestsAnImage * files;
  return {
    [compute(config)]:
      gigabyteSeconds(config.memory, files * (seconds ?? predictSeconds(config, megabytes))) +
      gigabyteSeconds(zip.memoryMb, files * assumed.zipSeconds) +
      gigabyteSeconds(api.memoryMb, requests * assumed.apiSeconds),
    invocations: files + 2 + requests,
    storage: inputs * inputMonths + 2 * results * months, // results, and the same in the zip
    writes: files * (measured.image.writes + 1) + measured.job.writes, // 1: the upload
    reads: files * measured.image.reads + 1,
    download: results,
    messages: files * assumed.messagesAnImage + 6,
    tableReads: files * measured.image.tableReads + measured.job.tableReads + requests,
    tableWrites: files * (measured.image.tableWrites + assumed.registeringWrites) + measured.job.tableWrites,
    tableStorage: ((files * assumed.tableBytesAnImage) / 1e9) * months,
    tableBackup: ((files * assumed.tableBytesAnImage) / 1e9) * months,
    api: requests,
    logs: (files * assumed.logBytesAnImage) / 1e9,
  };
}

/** Lambda holds so many requests to each queue open, of 20 s. Source: AWS knowledge centre, why SQS charges are high; Lambda's scaling. */
const pollers = 5;
const pollSeconds = 20;
/** A round asks the queues whose dead letters it takes for a second, all at a time. */
const roundSeconds = ({ drains = [] }: ScheduledStage) => (drains.length > 0 ? 1.2 : 0.15);
/**
 * Of jobs it looks at four parts of two lists; of pictures at those that are due, and at the texts that people agree to; of
 * models, where their images are built, at all.
 */
const roundTableReads = ({ jobs, pictures = [], builds }: ScheduledStage, { containers }: Config) =>
  (jobs.length > 0 ? 8 : 0) + (pictures.length > 0 ? 2 : 0) + (builds === 'follows' && containers ? 1 : 0);
const roundLogBytes = 800;

/** Of the queues that a stack of this configuration has. */
const drained = ({ drains = [] }: ScheduledStage, config: Config): readonly QueueName[] =>
  drains.filter((queue) => {
    const feature = featureOfQueue[queue];
    return feature === undefined || featuresOf(config).has(feature);
  });

/** What wakes an endpoint, ends its machine, and where it may have more makes more: infra/components/endpoint-scaling.ts. */
const scalingAlarms = ({ endpoint, endpointMachines }: Config): number =>
  endpoint === 'off' ? 0 : endpointMachines > 1 ? 3 : 2;

const hasMachines = ({ large }: Config): boolean => large !== 'off';

/** Requests to SQS of a round: for dead letters, and where there are machines for theirs and for what waits for them. */
const askedQueues = (stage: ScheduledStage, config: Config): number =>
  drained(stage, config).length + (stage.fleet === undefined || !hasMachines(config) ? 0 : 2);

/** A month without any job. */
export function usageOfIdleMonth(config: Config, stages: readonly Stage[] = stagesOf(config)): Usage {
  const queues = stages.filter(isFed).length;
  const polled = stages.filter((stage) => isFed(stage) && isPolled(stage, config)).length;
  const scheduled = stages.filter(isScheduled);
  const overRounds = (amount: (stage: ScheduledStage) => number) =>
    scheduled.reduce((sum, stage) => sum + (secondsAMonth / stage.trigger.everySeconds) * amount(stage), 0);
  const rounds = overRounds(() => 1);
  // Two a queue, one a schedule's dead letters, one of the API: infra/components/monitoring.ts.
  const watchAlarms = 2 * (queues + (hasMachines(config) ? 1 : 0)) + scheduled.length + 1;
  return {
    [compute(config)]: overRounds((stage) => gigabyteSeconds(configured(stage, config).memoryMb, roundSeconds(stage))),
    invocations: rounds,
    messages: polled * pollers * (secondsAMonth / pollSeconds) + overRounds((stage) => askedQueues(stage, config)),
    tableReads: overRounds((stage) => roundTableReads(stage, config)),
    logs: (rounds * roundLogBytes) / 1e9,
    dashboards: config.dashboard ? 1 : 0,
    alarms: config.alarmEmail === undefined ? scalingAlarms(config) : watchAlarms + scalingAlarms(config),
    schedules: rounds,
  };
}

/** GB s of functions' seconds by stage. */
export function computed(
  seconds: Readonly<Record<string, number>>,
  config: Config,
  stages: readonly Stage[] = allStages,
): number {
  const memory = new Map(functionsOf(stages).map((each) => [each.name, configured(each, config).memoryMb]));
  return Object.entries(seconds).reduce((sum, [name, each]) => sum + gigabyteSeconds(memory.get(name)!, each), 0);
}

/** What a job cost by what it left: its objects, and the seconds that its functions logged. Requests are those of its images. */
export function usageOfJob({ objects, handled, machineUsd }: JobTraces, config: Config): Usage {
  const images = objects.inputs.count;
  const bytes = bytesOfJob({ objects });
  const inputBytes = objects.inputs.bytes;
  const stages = Object.entries(handled);
  const logged = stages.length > 0;
  const messages = stages.reduce((sum, [, each]) => sum + each.messages, 0);
  const estimatedSeconds = predictSeconds(config, objects.inputs.bytes / 1e6);
  const seconds = logged
    ? Object.fromEntries(stages.map(([stage, each]) => [stage, each.seconds]))
    : { [predict.name]: estimatedSeconds, [zip.name]: images * assumed.zipSeconds };
  return {
    [compute(config)]: computed(seconds, config),
    invocations: logged ? messages : images + 2,
    storage:
      (inputBytes / 1e9) * (Math.min(config.inputDays, config.retentionDays) / daysAMonth) +
      ((bytes - inputBytes) / 1e9) * (config.retentionDays / daysAMonth),
    writes: images * (measured.image.writes + 1) + measured.job.writes,
    reads: images * measured.image.reads + 1,
    download: objects.downloads.bytes / 1e9,
    messages: logged ? messages * assumed.messagesAnImage : images * assumed.messagesAnImage + 6,
    tableReads: images * measured.image.tableReads + measured.job.tableReads,
    tableWrites: images * (measured.image.tableWrites + assumed.registeringWrites) + measured.job.tableWrites,
    ...(machineUsd !== undefined && { machines: machineUsd }),
  };
}

export const bytesOfJob = ({ objects }: Pick<JobTraces, 'objects'>): number =>
  Object.values(objects).reduce((sum, { bytes }) => sum + bytes, 0);

/** What a stack cost in so many days by what AWS counted. */
export function usageOfStack(metrics: StackMetrics, days: number, config: Config): Usage {
  const months = days / daysAMonth;
  const idle = usageOfIdleMonth(config);
  return {
    [compute(config)]: computed(metrics.seconds, config),
    invocations: metrics.invocations,
    storage: metrics.byteDays / 1e9 / daysAMonth,
    messages: metrics.messages,
    tableReads: metrics.tableReads,
    tableWrites: metrics.tableWrites,
    api: metrics.apiRequests,
    logs: metrics.logBytes / 1e9,
    dashboards: idle.dashboards! * months,
    alarms: idle.alarms! * months,
    schedules: idle.schedules! * months,
    ...(metrics.buildSeconds !== undefined && { builds: metrics.buildSeconds / 60 }),
    ...(metrics.machineUsd !== undefined && { machines: metrics.machineUsd }),
  };
}

/** What a lab should know of builds of images before they cost something; none where it has no builder. */
export const buildRemarks = ({ containers }: Config, region: string): string[] =>
  containers
    ? [
        `builds of images cost nothing while nothing is built: then $${pricesIn(region).prices.builds} a minute, and an image is kept for about $0.10 a GB and month, which is not in it`,
      ]
    : [];

/** How the figures were come by, for whoever reads them. */
export function remarks(region: string): string[] {
  const { of } = pricesIn(region);
  return [
    `list prices of ${of} on ${priceTable.date}, without tax; free tiers are named, not subtracted`,
    ...(of === region ? [] : [`the table has no prices of ${region}`]),
  ];
}

import { type ArchivedResults, archiveCost } from '../../functions/core/archive-cost.ts';
import { Failure } from '../../functions/core/errors.ts';
import { dayMs } from '../../functions/core/time.ts';
import { archivePrices } from '../../functions/stack/archive-prices.ts';
import type { Config } from '../../infra/config.ts';
import type { CommandContext } from '../context.ts';
import { regionOf } from '../deploy/account.ts';
import { archivedZips } from '../deploy/cost/archived-zips.ts';
import {
  buildRemarks,
  bytesOfJob,
  estimateCost,
  monthlyStorageUsd,
  predictSeconds,
  remarks,
  usageOfFolder,
  usageOfIdleMonth,
  usageOfJob,
  usageOfStack,
} from '../deploy/cost/estimate.ts';
import { tracesOfJob } from '../deploy/cost/job-traces.ts';
import { machineRemarks } from '../deploy/cost/machine-prices.ts';
import { metricsOfStack } from '../deploy/cost/stack-metrics.ts';
import { readOutputs } from '../deploy/outputs.ts';
import { checkedConfig, parseConfig } from '../deploy/settings.ts';
import { readSettingsFile } from '../deploy/settings-file.ts';
import { openStack, type StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';
import type { CostOfStack } from '../io/cost-events.ts';

export interface CostOptions extends StackOptions {
  files: number;
  megabytes: number;
  /** Of predict for one file; absent: as measured. */
  seconds?: number;
  job?: string;
  days?: number;
}

/** What a folder and an idle month will cost; with `job` or `days`, what a deployment has cost. */
export async function cost(options: CostOptions, context: CommandContext): Promise<void> {
  if (options.job !== undefined && options.days !== undefined) {
    throw new UserError('usage', { detail: '--job and --days are two questions', command: 'cost' });
  }
  if (options.job === undefined && options.days === undefined) return await costBefore(options, context);
  await costAfter(options, context);
}

async function costBefore(options: CostOptions, { io, env, cwd }: CommandContext): Promise<void> {
  const { files, megabytes, seconds } = options;
  const file = await readSettingsFile(cwd, options.stack);
  const region = await regionOf(options.region, env, file?.region);
  const config = checkedConfig({ ...file?.settings, ...parseConfig(options.config ?? []) });
  const folder = { files, megabytes, ...(seconds !== undefined && { seconds }) };
  io.emit('cost.before', {
    ...{ region, files, megabytes },
    retentionDays: config.retentionDays,
    inputDays: Math.min(config.inputDays, config.retentionDays),
    seconds: seconds ?? predictSeconds(config, megabytes),
    folder: estimateCost(usageOfFolder(folder, config), region),
    idleMonth: estimateCost(usageOfIdleMonth(config), region),
    remarks: [
      ...(seconds === undefined
        ? ['seconds of predict as measured on a PC with models/nuclei; --seconds takes those of your model']
        : []),
      'requests were counted; what the page asks of the API while a job runs is assumed',
      'downloads: the zip of results, once',
      ...machineRemarks(config, region),
      ...buildRemarks(config, region),
      ...(config.archiving
        ? [
            `archived results: their price is not in it, and AWS bills ${leastDays} days of them, whenever they are deleted`,
          ]
        : []),
      ...remarks(region),
    ],
  });
}

/** Of Glacier Flexible Retrieval. Source: S3 user guide, storage classes: minimum storage duration. */
const leastDays = 90;

function archivedRemark(since: number): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  return `its zip is archived since ${day(since)} and counted at the price of S3 Standard; AWS bills it until ${day(since + leastDays * dayMs)}, also where it is deleted before`;
}

const archiveOf = (zips: readonly ArchivedResults[]): NonNullable<CostOfStack['archive']> => ({
  jobs: zips.length,
  bytes: zips.reduce((sum, { bytes }) => sum + bytes, 0),
  cost: archiveCost(zips, archivePrices),
  prices: archivePrices,
});

async function costAfter(options: CostOptions, context: CommandContext): Promise<void> {
  await using stack = await openStack(options, context);
  const outputs = await readOutputs(stack);
  const config: Config = checkedConfig(await stack.engine.getAllConfig());
  const { account, name } = stack;
  const { region } = account;
  if (options.job !== undefined) {
    const traces = await tracesOfJob(options.job, outputs, account);
    if (traces === undefined) throw new Failure('jobMissing', { job: options.job });
    const bytes = bytesOfJob(traces);
    const handled = Object.values(traces.handled);
    context.io.emit('cost.job', {
      ...{ job: options.job, owner: traces.owner, files: traces.objects.inputs.count, bytes },
      ...(handled.length > 0 && { seconds: handled.reduce((sum, { seconds }) => sum + seconds, 0) }),
      cost: estimateCost(usageOfJob(traces, config), region),
      monthlyUsd: monthlyStorageUsd(bytes, region),
      remarks: [
        handled.length > 0
          ? "seconds as its functions logged them, without Lambda's start; bytes as stored in the buckets"
          : 'its logs are gone: seconds are estimated from its bytes',
        ...(traces.archivedAt === undefined ? [] : [archivedRemark(traces.archivedAt)]),
        ...(traces.machineUsd ? ['machines: what they worked on its images, without their start and end'] : []),
        'requests are those counted for so many images; one download of its zip; the API is not in it',
        ...remarks(region),
      ],
    });
    return;
  }
  const days = options.days!;
  const metrics = await metricsOfStack(outputs, days, account);
  const archived = config.archiving ? await archivedZips(outputs, account) : [];
  context.io.emit('cost.stack', {
    ...{ stack: name, days },
    cost: estimateCost(usageOfStack(metrics, days, config), region),
    ...(archived.length > 0 && { archive: archiveOf(archived) }),
    remarks: [
      ...(metrics.machineUsd === undefined
        ? []
        : ['machines: those that ended in these days, by their own log; one that was taken away is not in it']),
      "by CloudWatch's counters, with the settings of now; AWS's bill has more: requests to S3, downloads, table storage",
      ...remarks(region),
    ],
  });
}

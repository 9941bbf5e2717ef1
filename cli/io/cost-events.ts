import type { ArchiveCost, ArchivePrices } from '../../functions/core/archive-cost.ts';
import type { Item } from '../deploy/cost/prices.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';

export interface CostBefore {
  region: string;
  files: number;
  megabytes: number;
  retentionDays: number;
  inputDays: number;
  /** Of predict for one file. */
  seconds: number;
  folder: Cost;
  idleMonth: Cost;
  remarks: string[];
}

export interface CostOfJob {
  job: string;
  owner: string;
  files: number;
  /** Of images, results and zips that are in the buckets. */
  bytes: number;
  /** Of its functions, by what they logged; absent where their logs are gone. */
  seconds?: number;
  cost: Cost;
  /** A month longer of its bytes. */
  monthlyUsd: number;
  remarks: string[];
}

export interface CostOfStack {
  stack: string;
  days: number;
  cost: Cost;
  /** Results that are in the archive now; absent where none are. */
  archive?: { jobs: number; bytes: number; cost: ArchiveCost; prices: ArchivePrices };
  remarks: string[];
}

/** What is said of money. */
export const costEvents = {
  'cost.before': event<CostBefore>('result', (d) =>
    [
      `${count(d.files, 'file')} of ${d.megabytes} MB, ${formatSeconds(d.seconds)} each, kept ${count(d.inputDays, 'day')}, results ${count(d.retentionDays, 'day')}`,
      ...costTable(d.folder),
      '',
      'a month without use',
      ...costTable(d.idleMonth),
      '',
      ...d.remarks,
    ].join('\n'),
  ),
  'cost.job': event<CostOfJob>('result', (d) =>
    [
      `job ${d.job} of ${d.owner}: ${count(d.files, 'image')}, ${formatBytes(d.bytes)}${d.seconds === undefined ? '' : `, ${formatSeconds(d.seconds)} of functions`}`,
      ...costTable(d.cost),
      `${usd(d.monthlyUsd)} for each further month of its images and results`,
      '',
      ...d.remarks,
    ].join('\n'),
  ),
  'cost.stack': event<CostOfStack>('result', (d) =>
    [
      `stack ${d.stack}, the last ${count(d.days, 'day')}`,
      ...costTable(d.cost),
      ...(d.archive === undefined ? [] : ['', ...archiveLines(d.archive)]),
      '',
      ...d.remarks,
    ].join('\n'),
  ),
};

function archiveLines({ jobs, bytes, cost, prices }: NonNullable<CostOfStack['archive']>): string[] {
  return [
    `archived now: ${count(jobs, 'job')}, ${formatBytes(bytes)}, about ${usd(cost.month)} a month; not archived ${usd(cost.liveMonth)}`,
    `bringing all of it back costs about ${usd(cost.restore)} once, or ${usd(cost.slowRestore)} without the fast way`,
    `the archive by list prices of ${prices.of} on ${prices.date}; AWS bills 90 days of all that was archived`,
  ];
}

export const usd = (amount: number): string => (amount > 0 && amount < 0.005 ? '<$0.01' : `$${amount.toFixed(2)}`);

const amountOf = (amount: number): string =>
  amount >= 100
    ? Math.round(amount).toLocaleString('en')
    : amount.toLocaleString('en', { maximumSignificantDigits: 3 });

function costTable({ usd: total, lines }: Cost): string[] {
  return table([
    ...lines.map((line) => [
      line.what,
      amountOf(line.amount),
      line.unit,
      usd(line.usd),
      [
        ...(line.estimated ? ['price estimated'] : []),
        ...(line.free === undefined ? [] : [`${line.free} a month free`]),
      ].join(', '),
    ]),
    ['together', '', '', usd(total), ''],
  ]);
}

export interface Cost {
  usd: number;
  /** The dearest first. */
  lines: CostLine[];
}

export interface CostLine {
  item: Item;
  what: string;
  amount: number;
  unit: string;
  usd: number;
  /** The price is an estimate. */
  estimated?: true;
  /** What an account has free each month, which is not subtracted. */
  free?: string;
}

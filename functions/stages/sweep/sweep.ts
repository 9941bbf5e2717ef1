import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import { jobBuckets, jobPrefix } from '../../core/object-keys.ts';
import { isOver, storageOf } from '../../core/storage-steps.ts';
import { isReady } from '../../core/transitions.ts';
import {
  advance,
  retryAndAdvance,
  sealAndAdvance,
  sendNotice,
  sendPending,
  sendToArchive,
  sendToZip,
  submitCopy,
} from '../../jobs/advance.ts';
import { forgetFigure } from '../../jobs/forget-figure.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import type { FleetReport } from '../../ports/fleet.ts';
import type { Ports } from '../../ports/ports.ts';
import { askAgain } from './ask-again.ts';
import { patience, sweep } from './descriptor.ts';
import { type Drained, drain } from './drain.ts';
import { followBuilds } from './follow-builds.ts';
import { gaveUp, isCopy } from './gave-up.ts';

export type SweepPorts = Pick<
  Ports,
  | 'objects'
  | 'jobs'
  | 'queue'
  | 'clock'
  | 'fleet'
  | 'figures'
  | 'archiving'
  | 'awaiting'
  | 'builds'
  | 'models'
  | 'dataSets'
>;

export interface SweepReport {
  /** Dead letters that were turned into a failure of their file or job. */
  dead: number;
  /** Jobs that got their lost step, or their messages again, and trainings. */
  rescued: number;
  failed: number;
  expired: number;
  /** Removed jobs after which nothing can come any more. */
  cleared: number;
  /** Cards of the gallery that were over; absent where it is off. */
  figures?: number;
  /** Jobs on their way to the archive or back whose next step was lost, or that were looked at; absent where there is none. */
  archive?: number;
  /** Versions of models whose images are built, and that were looked at; absent where the stack builds none. */
  builds?: number;
  /** Machines for large images; absent where the stack has none. */
  fleet?: FleetReport;
}

/**
 * Takes on every job whose next step was lost, so that each reaches a terminal state whatever crashed. One job or letter
 * that cannot be handled does not keep the others: all errors are thrown together at the end. Safe to repeat and to run twice at once.
 */
export async function sweepJobs(ports: SweepPorts): Promise<SweepReport> {
  const report: SweepReport = { dead: 0, rescued: 0, failed: 0, expired: 0, cleared: 0 };
  const errors: unknown[] = [];
  const missing: readonly string[] = [
    ...(ports.archiving ? [] : ['cold']),
    ...(ports.awaiting ? [] : ['answers']),
    ...(ports.dataSets === undefined ? ['teaching'] : []),
  ];
  const own = sweep.drains.filter((queue) => !missing.includes(queue));
  const drained: readonly Drained[] = ports.fleet === undefined ? own : [...own, 'large'];
  await Promise.all(drained.map((queue) => drain(queue, ports, report, errors))); // each waits a second
  await rescueStuck(ports, report, errors);
  await clearRemoved(ports, report, errors);
  await clearFigures(ports, report, errors);
  if (ports.archiving) await lookAtStorage(ports, report, errors);
  const followed = await followBuilds(ports, errors);
  if (followed !== undefined) report.builds = followed;
  await startMachines(ports, report, errors);
  if (errors.length > 0) throw new AggregateError(errors, `sweep could not handle ${errors.length} jobs or messages`);
  return report;
}

/** Cards whose time is over, with their pictures. A round takes so many. */
const figuresAtOnce = 100;

async function clearFigures({ figures, objects, clock }: SweepPorts, report: SweepReport, errors: unknown[]) {
  if (figures === undefined) return;
  report.figures = 0;
  for (const figure of await figures.over(clock.now() - patience.figures * 1000, figuresAtOnce)) {
    try {
      await forgetFigure(figure, { figures, objects });
      report.figures++;
    } catch (error) {
      errors.push(error);
    }
  }
}

/** For images whose machines were not started, or are gone. */
async function startMachines({ fleet, ...ports }: SweepPorts, report: SweepReport, errors: unknown[]) {
  if (fleet === undefined) return;
  try {
    report.fleet = await fleet.ensure();
    report.rescued += await askAgain(ports, report.fleet);
  } catch (error) {
    errors.push(error);
  }
}

/** Sends each job whose storage waits the message of its next step again. */
async function lookAtStorage(ports: SweepPorts, report: SweepReport, errors: unknown[]) {
  const { jobs, queue, clock } = ports;
  const now = clock.now();
  report.archive = 0;
  for await (const job of allItems((page) => jobs.storageWaiting(now, page))) {
    try {
      const looked = await jobs.moveStorage(job, { to: 'looked', before: now });
      if (looked === undefined) continue;
      await sendOn(looked, now, queue);
      report.archive++;
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'jobMissing')) errors.push(error);
    }
  }
}

function sendOn(job: Job, now: number, queue: Ports['queue']): Promise<void> {
  const { owner, id } = job;
  const { state } = storageOf(job);
  if (state === 'live' || state === 'archiving') return sendToArchive(job, queue);
  if (state === 'deleted' || isOver(storageOf(job), now)) return queue.send('cold', [{ kind: 'expire', owner, id }]);
  return queue.send('cold', [{ kind: state === 'archived' ? 'restore' : 'thaw', owner, id }]); // restore: if the plan says so
}

async function rescueStuck(ports: SweepPorts, report: SweepReport, errors: unknown[]) {
  const now = ports.clock.now();
  for await (const job of allItems((page) => ports.jobs.stuck(now - patience.step * 1000, page))) {
    try {
      const helped = await rescue(job, now, ports);
      if (helped !== undefined) report[helped]++;
    } catch (error) {
      if (!(error instanceof Failure && error.code === 'jobMissing')) errors.push(error);
    }
  }
}

/** Who was writing to a job when it was removed leaves objects that no row leads to: they go once no more can come. */
async function clearRemoved(ports: SweepPorts, report: SweepReport, errors: unknown[]) {
  const { jobs, objects, clock } = ports;
  const before = clock.now() - patience.removal * 1000;
  for await (const job of allItems((page) => jobs.removed(before, page))) {
    try {
      if ((await jobs.get(job)) !== undefined) continue; // made anew under the same name meanwhile
      for (const bucket of jobBuckets) await objects.removeAll(bucket, jobPrefix(job));
      await jobs.forget(job);
      report.cleared++;
    } catch (error) {
      errors.push(error);
    }
  }
}

type Helped = Exclude<keyof SweepReport, 'dead' | 'cleared' | 'figures' | 'fleet' | 'archive' | 'builds'> | undefined;

async function rescue(job: Job, now: number, ports: SweepPorts): Promise<Helped> {
  const { jobs, queue } = ports;
  /** Silent for so long, and no other sweep acts on it. */
  const mine = async (seconds: number) => (await jobs.touch(job, now - seconds * 1000)) !== undefined;
  if (job.state === 'packaging') {
    if (!(await mine(patience.packaging))) return undefined;
    await sendToZip(job, queue);
    return 'rescued';
  }
  if (!job.sealed) return endUnsealed(job, now, ports);
  if (job.state === 'uploading') await sealAndAdvance(job, ports);
  else if (job.retrying) await retryAndAdvance(job, ports);
  else if (isReady(job)) await advance(job, ports);
  else if (job.approximate && (await advance(job, ports)) !== undefined) return 'rescued';
  else if (!(await mine(patience.files)) || (await sendPending(job, ports)) === 0) return undefined;
  return 'rescued';
}

/** Ends a job whose files, or whose zip, did not come in time. */
async function endUnsealed(job: Job, now: number, ports: SweepPorts): Promise<Helped> {
  const { jobs } = ports;
  const silentFor = (seconds: number) => job.changedAt < now - seconds * 1000;
  if (job.state === 'uploading' && isCopy(job)) {
    await submitCopy(job, ports); // who made it died before it was begun
    return 'rescued';
  }
  if (job.state === 'uploading') {
    if (!silentFor(patience.upload)) return undefined;
    return (await endAndTell(job, () => jobs.expire(job), ports)) ? 'expired' : undefined;
  }
  if (!silentFor(patience.manifest)) return undefined;
  const why = isCopy(job) ? 'the images were not copied in time' : 'the zip was not unpacked in time';
  const fail = () => jobs.fail(job, gaveUp(why), job.generation); // not a retry of it
  return (await endAndTell(job, fail, ports)) ? 'failed' : undefined;
}

/** Seconds that a notice which is sent ahead waits for the end of its job. */
const noticeDelaySeconds = 60;

/**
 * No stage comes back to a job that has ended, so its notice is sent ahead of the end, and once more where the end came
 * later than the notice waits. Returns whether the job ended here.
 */
async function endAndTell(
  job: Job,
  end: () => Promise<Job | undefined>,
  { queue, clock }: SweepPorts,
): Promise<boolean> {
  const sentAt = clock.now();
  await sendNotice(job, queue, noticeDelaySeconds);
  const ended = await end();
  if (ended !== undefined && clock.now() - sentAt >= noticeDelaySeconds * 1000) await sendNotice(ended, queue);
  return ended !== undefined;
}

import type { LocalQueue } from '../../adapters/local/queue.ts';
import type { Job } from '../../core/job.ts';
import { inputRef } from '../../core/keys.ts';
import { isTerminal } from '../../core/transitions.ts';
import type { Ports } from '../../ports/ports.ts';
import { sweepJobs } from '../../stages/sweep/sweep.ts';

type ResumePorts = Omit<Ports, 'queue'> & { queue: LocalQueue };

/**
 * Takes up the work of a process that ended, however it ended. Only for the one process that holds the data folder:
 * messages that the old one had in hand are visible again at once, and files that arrived in the moment between an
 * object and its message (S3 would not lose it) are sent once more.
 */
export async function resumeJobs(ports: ResumePorts): Promise<void> {
  await ports.queue.returnAll();
  let cursor: string | undefined;
  do {
    const page = await ports.jobs.stuck(ports.clock.now() + 1, cursor === undefined ? {} : { cursor });
    for (const job of page.items) if (!isTerminal(job)) await sendArrived(job, ports);
    cursor = page.cursor;
  } while (cursor !== undefined);
  await sweepJobs(ports);
}

/** One message more than needed does no harm; one less leaves a file waiting for hours. */
async function sendArrived({ owner, id }: Job, { jobs, objects, queue }: ResumePorts): Promise<void> {
  let cursor: string | undefined;
  do {
    const page = await jobs.files({ owner, id }, { state: 'pending', ...(cursor !== undefined && { cursor }) });
    const arrived: string[] = [];
    for (const { path } of page.items)
      if ((await objects.head(inputRef({ owner, id }, path))) !== undefined) arrived.push(path);
    await queue.send(
      'files',
      arrived.map((path) => ({ owner, id, path })),
    );
    cursor = page.cursor;
  } while (cursor !== undefined);
}

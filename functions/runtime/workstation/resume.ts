import type { LocalQueue } from '../../adapters/local/queue.ts';
import type { Job } from '../../core/job.ts';
import { inputRef, sentPackageRef, splitKey } from '../../core/object-keys.ts';
import { allItems, allPages } from '../../object-streams/all-pages.ts';
import type { Ports } from '../../ports/ports.ts';
import { sweepJobs } from '../../stages/sweep/sweep.ts';

type ResumePorts = Omit<Ports, 'queue'> & { queue: LocalQueue };

/**
 * Resumes the work of a process that ended, however it ended. Only for the one process that holds the data folder:
 * messages that the old one had in progress are visible again at once, and files that arrived in the moment between an
 * object and its message (S3 would not lose it) are sent once more.
 */
export async function resumeJobs(ports: ResumePorts): Promise<void> {
  await ports.queue.returnAll();
  await sendPackages(ports);
  const ever = Number.MAX_SAFE_INTEGER; // the clock may have been set back since a job was changed
  for await (const job of allItems((page) => ports.jobs.stuck(ever, page))) await sendArrived(job, ports);
  await sweepJobs(ports);
}

/** One message more than needed does no harm; one less leaves a file waiting for hours. */
async function sendArrived({ owner, id }: Job, { jobs, objects, queue }: ResumePorts): Promise<void> {
  for await (const files of allPages((page) => jobs.files({ owner, id }, { ...page, state: 'pending' }))) {
    const arrived: string[] = [];
    for (const { path } of files)
      if ((await objects.head(inputRef({ owner, id }, path))) !== undefined) arrived.push(path);
    await queue.send(
      'files',
      arrived.map((path) => ({ owner, id, path })),
    );
  }
}

/** Packages of models whose check was cut off, or whose arrival was not noted. */
async function sendPackages({ models, objects, queue }: ResumePorts): Promise<void> {
  for (const { id, state } of (await models?.all())?.versions ?? []) {
    if (state !== 'added' && state !== 'checking') continue;
    const ref = sentPackageRef(id);
    if ((await objects.head(ref)) !== undefined) await queue.send('files', [splitKey(ref.key)]);
  }
}

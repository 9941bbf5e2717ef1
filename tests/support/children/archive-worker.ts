// Archives a job and brings it back by the stage, over and over, with a clock that runs ahead, until it kills itself: at a
// call of a port, or while one goes on. Without a moment: once, and says how many calls each kind of message made.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ColdMessage } from '../../../functions/core/messages.ts';
import { storageOf } from '../../../functions/core/storage-steps.ts';
import { sendToArchive } from '../../../functions/jobs/advance.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import { resumeJobs } from '../../../functions/runtime/workstation/resume.ts';
import { handler } from '../../../functions/stages/cold/handler.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { archivedJob, archiveOnDisk, digestOf } from '../archive-on-disk.ts';

/** `afterMs`: absent: right before the call. */
interface Moment {
  kind: ColdMessage['kind'];
  call: number;
  afterMs?: number;
}

const [folder, aheadMs, text] = process.argv.slice(2) as [string, string, string?];
const moment = text === undefined ? undefined : (JSON.parse(text) as Moment);
let ahead = Number(aheadMs);
const clock = { now: () => Date.now() + ahead };
await using disk = await archiveOnDisk(folder, clock);
const { ports, setPlan } = disk;
const { jobs, objects, queue } = ports;
const expected = readFileSync(join(folder, 'digest'), 'utf8');
const most: Partial<Record<ColdMessage['kind'], number>> = {};
let kind: ColdMessage['kind'] = 'archive';
let calls = 0;

const kill = () => process.kill(process.pid, 'SIGKILL');

/** Counts calls, and dies at the one of the moment. */
function watched<T extends object>(port: T): T {
  const called = (method: (...args: unknown[]) => unknown, args: unknown[]) => {
    most[kind] = Math.max(most[kind] ?? 0, ++calls);
    const isMoment = moment?.kind === kind && moment.call === calls;
    if (isMoment && moment.afterMs === undefined) kill();
    if (isMoment) setTimeout(kill, moment.afterMs);
    return method(...args);
  };
  const entries = Object.entries(port).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'function' ? (...args: unknown[]) => called(value as () => unknown, args) : value,
  ]);
  return Object.fromEntries(entries) as T;
}
const watchedPorts: Ports = {
  ...ports,
  objects: { ...watched(objects), coldStorage: watched(objects.coldStorage!) },
  jobs: watched(jobs),
  queue: watched(queue),
};

/** Handles what is visible. */
async function deliver(): Promise<void> {
  for (;;) {
    const [message] = await queue.receive('cold', { max: 1, visibilitySeconds: 60 });
    if (message === undefined) return;
    ({ kind } = message.body);
    calls = 0;
    await handler.handle(message.body, watchedPorts);
    await queue.acknowledge('cold', [message.receipt]);
  }
}

/** Begins what comes next: true where the job was brought back. */
async function begin(): Promise<boolean> {
  const job = (await jobs.get(archivedJob))!;
  const { state, dueAt, round } = storageOf(job);
  if (state === 'archived') {
    setPlan('premium');
    await queue.send('cold', [{ kind: 'restoreAll', owner: job.owner }]);
  }
  if (state !== 'live' || dueAt !== undefined) return false;
  if ((await digestOf(objects)) !== expected) throw new Error('what came back is not what was archived');
  setPlan('free');
  await sendToArchive(job, queue);
  return round > 0;
}

await resumeJobs({ ...ports, queue });
for (let back = 0; moment !== undefined || back < 2; ) {
  await deliver();
  if (await begin()) back++;
  ahead += 2 * 3600 * 1000;
  await sweepJobs(ports);
}
setPlan('premium'); // what was begun is called off
await deliver();
console.log(JSON.stringify(most));

import { Problem } from '../contract/problems.ts';
import { formatBytes } from '../core/format-bytes.ts';
import type { Job } from '../core/job.ts';
import { daySeconds } from '../core/time.ts';
import { isTerminal } from '../core/transitions.ts';
import { allItems } from '../object-streams/all-pages.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Shortage } from '../ports/storage-quota.ts';
import type { Target } from './archive.ts';
import type { ApiServices } from './services.ts';

/** Parts are signed again and again while a large file is sent; a single upload begins soon or is signed anew. */
const reservationSeconds = { single: 60 * 60, parts: daySeconds };
/** Of the owner's jobs, the largest, as what to delete. */
const maxNamedJobs = 3;

/** Sets bytes aside for uploads that are about to be signed. Throws the problem `noRoom`, with nothing set aside. */
export async function reserveStorage(
  owner: string,
  targets: readonly Omit<Target, 'path'>[],
  { storageQuota, transfer }: Pick<ApiServices, 'storageQuota'> & { transfer: { singlePutBytes: number } },
  jobs: JobStore,
): Promise<void> {
  if (storageQuota === undefined || targets.length === 0) return;
  const isLarge = ({ bytes }: { bytes: number }) => bytes > transfer.singlePutBytes;
  const short = await storageQuota.reserve(
    targets,
    targets.some(isLarge) ? reservationSeconds.parts : reservationSeconds.single,
  );
  if (short === undefined) return;
  const more = targets.reduce((sum, { bytes }) => sum + bytes, 0);
  throw new Problem(
    'noRoom',
    { what: whatIsShort(short, more), next: await whatToDelete(owner, jobs) },
    {
      extra: { quota: short.of, limit: short.limit, used: short.used },
    },
  );
}

function whatIsShort({ of, used, reserved, limit }: Shortage, more: number): string {
  const ahead = reserved === 0 ? '' : `, ${formatBytes(reserved)} more are on their way`;
  const whole =
    of === 'budget' ? `${formatBytes(limit)} that it may keep` : `${formatBytes(limit)} that its disk has for it`;
  return `the service keeps ${formatBytes(used)} of the ${whole}${ahead}, and this needs ${formatBytes(more)}`;
}

async function whatToDelete(owner: string, jobs: JobStore): Promise<string> {
  const largest: Job[] = [];
  for await (const job of allItems((page) => jobs.list(owner, page))) {
    if (!isTerminal(job)) continue;
    largest.push(job);
    largest.sort((a, b) => b.bytes - a.bytes).splice(maxNamedJobs);
  }
  if (largest.length === 0) return 'ask the admin to make room: you have no job that has ended';
  const list = largest.map(({ name, bytes }) => `'${name}' (${formatBytes(bytes)})`).join(', ');
  return `delete jobs that you need no more (your largest: ${list}), or ask the admin`;
}

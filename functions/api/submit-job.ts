import { forEachLimit } from '../async/for-each-limit.ts';
import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { Failure } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import { archivePath, inputRef, jobPrefix } from '../core/object-keys.ts';
import { finishAndAdvance, sealAndAdvance, submitArchive } from '../jobs/advance.ts';
import { allItems, allObjects } from '../object-streams/all-pages.ts';
import { archiveRef } from './archive.ts';
import type { ApiServices } from './services.ts';

type Ports = ApiServices['ports'];
/** What becomes of files that were named and never arrived. */
type Missing = 'refuse' | 'fail';

const neverCame = new Failure('uploadMissing', {});
const failedUpload = { state: 'failed', failure: { code: neverCame.code, message: neverCame.message } } as const;

export async function submitZip(job: Job, ports: Ports): Promise<void> {
  if ((await ports.objects.head(archiveRef(job))) === undefined) throw notArrived([archivePath], 1);
  await submitArchive(job, archivePath, ports);
}

export async function submitFiles(job: Job, missing: Missing, ports: Ports): Promise<void> {
  if (job.expected === 0) throw new Problem('jobEmpty', {});
  if (!job.sealed) await settleMissing(job, missing, ports);
  await sealAndAdvance(job, ports);
}

/** Files that were named and are not in the store end as failed, or the submit is refused and lists them. */
async function settleMissing(job: Job, missing: Missing, ports: Ports): Promise<void> {
  const paths: string[] = [];
  for await (const path of missingInputs(job, ports)) paths.push(path);
  if (paths.length === 0) return;
  if (missing === 'refuse') throw notArrived(paths.slice(0, apiLimits.missingShown), paths.length);
  await forEachLimit(paths, 8, async (path) => void (await finishAndAdvance(job, path, failedUpload, ports)));
}

/** Both lists are in order of UTF-8 bytes, so one look at each is enough, a page at a time. */
async function* missingInputs(job: Job, { jobs, objects }: Ports): AsyncGenerator<string> {
  const there = allObjects(objects, 'inputs', jobPrefix(job));
  let object = await there.next();
  for await (const { path } of allItems((page) => jobs.files(job, { ...page, state: 'pending' }))) {
    const key = Buffer.from(inputRef(job, path).key);
    while (!object.done && Buffer.compare(Buffer.from(object.value.key), key) < 0) object = await there.next();
    if (object.done || !Buffer.from(object.value.key).equals(key)) yield path;
  }
}

const notArrived = (missing: string[], count: number): Problem =>
  new Problem('uploadsMissing', { missing: count }, { extra: { missing, missingCount: count } });

import { apiLimits } from '../contract/limits.ts';
import type { Job, NewFile } from '../core/job.ts';
import { isOpen } from '../core/transitions.ts';
import { finishAndAdvance } from '../jobs/advance.ts';
import type { NamedUpload } from './classify-uploads.ts';
import { spend, within } from './quota.ts';
import type { Principal } from './request.ts';
import { sentImages } from './sent-images.ts';
import type { ApiServices } from './services.ts';

/** Makes the new files known to the job, within the limits, before anything can arrive. */
export async function registerUploads(
  job: Job,
  who: Principal,
  uploads: readonly NamedUpload[],
  services: ApiServices,
): Promise<void> {
  if (!isOpen(job)) return;
  const added = uploads.filter(
    ({ known, refused, recorded }) => !known && (refused === undefined || recorded !== undefined),
  );
  const sent = added.filter(({ refused }) => refused === undefined);
  const images = sent.filter(({ companion }) => companion === undefined).length;
  if (images > 0) {
    const used = await sentImages(job, who.plan.filesPerJob - images, services.ports.jobs);
    within('filesPerJob', who.plan, { used, more: images }, 'files of this job');
  }
  const withNotSent = { ...who.plan, filesPerJob: who.plan.filesPerJob + apiLimits.notSentPerJob };
  const everyFile = { used: job.expected, more: added.length };
  within('filesPerJob', withNotSent, everyFile, 'files of this job and those that are not sent');
  const bytes = sent.reduce((sum, each) => sum + each.bytes, 0);
  if (sent.length > 0) await spend(who, { files: sent.length, bytes }, services);
  if (added.length > 0) await services.ports.jobs.expect(job, added.map(newFileOf));
  // Also those that a call before this one named and did not end.
  for (const { path, refused, recorded, known, pending } of uploads) {
    if (refused !== undefined && recorded === 'failed' && (!known || pending))
      await finishAndAdvance(job, path, { state: 'failed', failure: refused }, services.ports);
  }
}

function newFileOf({ path, bytes, identity, refused, recorded, companion = refused }: NamedUpload): NewFile {
  return {
    path,
    bytes,
    ...(identity !== undefined && { identity }),
    ...(recorded === 'leftOut' && companion !== undefined && { leftOut: companion }),
  };
}

import type { JobView, NewJobBody } from '../contract/jobs.ts';
import { Problem } from '../contract/problems.ts';
import type { ModelView } from '../contract/service.ts';
import type { JobSettings } from '../core/job.ts';
import { choicesOf } from '../core/job-choices.ts';
import { normalisePath } from '../core/paths.ts';
import { areRules } from '../core/positive.ts';
import { begun, imagesOf, reserveCopies } from './images-of-job.ts';
import { offeredModels } from './models.ts';
import { spend, within } from './quota.ts';
import type { ApiRequest } from './request.ts';
import type { ApiServices } from './services.ts';
import { jobView } from './views.ts';

/** Within the plan of whoever asks; of two at once for one owner the second waits for the first (`app.ts`). */
export async function createJob(
  { who, body, repeatable }: Pick<ApiRequest<'createJob'>, 'who' | 'body' | 'repeatable'>,
  services: ApiServices,
): Promise<JobView> {
  const { ports, newId } = services;
  const { jobs } = ports;
  // A repeat whose first answer was lost finds its job by this id.
  const ref = { owner: who.owner, id: repeatable?.slice(0, 32) ?? newId() };
  const known = await jobs.get(ref);
  if (known !== undefined) return jobView(await begun(known, ports));
  const model = chosenModel(await offeredModels(services), body.model);
  refuseTwice(body);
  const archiveBytes = body.source === 'zip' ? body.archiveBytes : undefined;
  const copied = body.source === 'job' ? await imagesOf({ owner: who.owner, id: body.from }, body.path, ports) : [];
  within('jobsAtOnce', who.plan, { used: await jobs.running(who.owner), more: 1 }, 'jobs that have not ended');
  within('bytesPerArchive', who.plan, { used: 0, more: archiveBytes ?? 0 }, 'bytes of the zip');
  await reserveCopies(ref, copied, services);
  const files = archiveBytes === undefined ? copied.length : 1;
  const bytes = copied.reduce((sum, each) => sum + each.bytes, archiveBytes ?? 0);
  await spend(who, { jobs: 1, files, bytes }, services);
  const { job } = await jobs.create({
    ...ref,
    name: body.name.normalize('NFC'),
    settings: settingsOf(body, model),
    files: comingFiles(body, copied.length),
  });
  return jobView(await begun(job, ports));
}

/** An image of a zip, at least: what a zip holds is not known before it is unpacked. */
const smallImageBytes = 100_000;

/** How many files the job may come to have, as far as its making says. */
function comingFiles(body: NewJobBody, copied: number): number {
  if (body.source === 'files') return body.announced ?? 0;
  return body.source === 'zip' ? Math.floor(body.archiveBytes / smallImageBytes) : copied;
}

/** Throws the problems `positiveTwice` and `scaleTwice`: a JSON schema cannot say what goes together. */
function refuseTwice({ positive, scale, diameter }: NewJobBody): void {
  if (positive !== undefined && !areRules(positive)) throw new Problem('positiveTwice', {});
  if (scale !== undefined && diameter !== undefined) throw new Problem('scaleTwice', {});
}

/** The first is the default. Throws the problem `modelMissing`. */
function chosenModel(offered: readonly ModelView[], wanted: string | undefined): ModelView {
  const model = wanted === undefined ? offered[0] : offered.find(({ name }) => name === wanted);
  if (model === undefined) throw new Problem('modelMissing', { name: wanted ?? 'at all' });
  return model;
}

const settingsOf = (body: NewJobBody, { name, sha256, package: pinned, revision }: ModelView): JobSettings => ({
  model: {
    name,
    sha256,
    ...(pinned !== undefined && { package: pinned }),
    ...(revision !== undefined && { revision }),
  },
  ...choicesOf(body),
  ...(body.probabilities !== undefined && { probabilities: body.probabilities }),
  ...(body.trial === true ? { trial: body.trial } : { foreground: true }), // a try-out is not corrected
  ...(body.source === 'zip' && archiveSettings(body)),
  ...(body.source === 'job' && copySettings(body)),
  ...(body.source === 'files' && body.announced !== undefined && { announced: body.announced }),
});

const copySettings = ({ from, path }: Extract<NewJobBody, { source: 'job' }>): Partial<JobSettings> => ({
  from: { job: from, ...(path !== undefined && { path: normalisePath(path).path ?? path }) },
});

const archiveSettings = ({ archiveBytes, archiveIdentity }: Extract<NewJobBody, { source: 'zip' }>) => ({
  archiveBytes,
  ...(archiveIdentity !== undefined && { archiveIdentity }),
});

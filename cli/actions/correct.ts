import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Corrections } from '../../functions/contract/edits.ts';
import { outputStems } from '../../functions/core/output-names.ts';
import { connect } from '../client/connect.ts';
import { importLabels } from '../client/import-labels.ts';
import type { ServiceClient } from '../client/service-client.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { filesOf } from './jobs.ts';

const lookAgainMs = 1000;

/** Takes corrected labels from files, and has the results of the job made with all its corrections. */
export async function correctJob(
  job: string,
  files: readonly string[],
  { url }: { url: string },
  { io, signal, ...context }: CommandContext,
): Promise<void> {
  const { client } = await connect(url, { io, signal, ...context });
  const paths = (await filesOf(client, job, 'done')).map(({ path }) => path);
  const images = files.map((file) => ({ file, image: imageOf(file, paths) })); // all are known before the first is stored
  for (const { file, image } of images) {
    const objects = await importLabels({ job, image, file }, client, signal);
    io.emit('jobs.imported', { job, image, file, objects });
  }
  const { number, images: corrected } = await ended(job, client, signal);
  io.emit('jobs.corrected', { job, round: number, images: corrected.length });
}

/** Of names of corrected labels: what follows the name of their image. */
const endings = /(_labels|_rois|_cp_masks|_masks)?(\.ome)?\.(tiff?|zip)$/i;

/** The image that a file has the labels of: the one of its name, where several have it in a folder that is called as the file's. Throws `labelsNoImage`. */
export function imageOf(file: string, paths: readonly string[]): string {
  const name = basename(file).replace(endings, '');
  const stems = outputStems(paths);
  const named = paths.filter((path) => basename(stems.get(path)!) === name || basename(path) === name);
  const folder = basename(dirname(file));
  const near = named.length > 1 ? named.filter((path) => basename(dirname(path)) === folder) : named;
  if (near.length === 1) return near[0]!;
  const why =
    named.length === 0 ? `the job has no image ${name} that is done` : `the job has ${named.length} images ${name}`;
  throw new UserError('labelsNoImage', { file, why });
}

async function ended(
  job: string,
  client: ServiceClient,
  signal: AbortSignal,
): Promise<NonNullable<Corrections['round']>> {
  const params = { id: job };
  let { round } = await client.call('correctResults', { params });
  while (round?.state === 'working') {
    await sleep(lookAgainMs, undefined, { signal });
    ({ round } = await client.call('showCorrections', { params }));
  }
  if (round?.state === 'ready') return round;
  throw new UserError('correctionFailed', { job, why: round?.failure?.message ?? 'the service forgot it' });
}

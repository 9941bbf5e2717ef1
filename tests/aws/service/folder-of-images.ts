import { randomUUID } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fetchDownload } from '../../../cli/client/download.ts';
import { outgoing, uploadAll } from '../../../cli/client/upload.ts';
import { collectInputs } from '../../../cli/run/inputs.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import { archivePath } from '../../../functions/core/object-keys.ts';
import { isTerminal } from '../../../functions/core/transitions.ts';
import { unpackResults } from '../../../functions/runtime/unpack-results.ts';
import type { Person, SimulatedService } from '../../support/simulated-account/service.ts';
import { treeOf } from '../../support/tree.ts';

const { signal } = new AbortController();
const report = {
  sent: () => {},
  refused(path: string, code: string, message: string) {
    throw new Error(`${path} was refused: ${code} ${message}`);
  },
  bytes: () => {},
};

/** Makes a job of a folder, or of a zip, and sends all of it, as `labdeploy submit` does, without closing it. */
export async function send(person: Person, path: string, name: string): Promise<JobView> {
  const isZip = path.endsWith('.zip');
  const bytes = (await stat(path)).size;
  const body = isZip ? ({ name, source: 'zip', archiveBytes: bytes } as const) : ({ name, source: 'files' } as const);
  const job = await person.call('createJob', { body, key: randomUUID() });
  const inputs = isZip ? undefined : await collectInputs([path], { cwd: '/', output: '/none' });
  const files = inputs?.kind === 'files' ? inputs.files : [{ file: path, path: archivePath, bytes }];
  const selection = { send: files.map(outgoing), notSent: [] };
  await uploadAll(person, job.id, selection, { filesPerCall: 100, report, signal, origin: '' });
  return job;
}

/** Sends a folder or zip, and closes the job. */
export async function submit(person: Person, path: string, name: string): Promise<JobView> {
  const { id } = await send(person, path, name);
  return person.call('submitJob', { params: { id } });
}

/** Waits for the end of a job. */
export const ended = ({ runner }: SimulatedService, person: Person, id: string, seconds = 90): Promise<JobView> =>
  runner.until(
    `the end of ${id}`,
    async () => {
      const job = await person.call('showJob', { params: { id } });
      return isTerminal(job) ? job : undefined;
    },
    seconds,
  );

/** Fetches the results of a job: path to sha256, without the manifest, which names the job. */
export async function resultsOf(person: Person, id: string, folder: string): Promise<Record<string, string>> {
  await mkdir(folder, { recursive: true });
  const zip = join(folder, 'results.zip');
  await fetchDownload(() => person.call('signDownload', { params: { id } }), zip, signal);
  await unpackResults(zip, join(folder, 'results'), join(folder, 'temporary'), signal);
  return withoutManifest(await treeOf(join(folder, 'results')));
}

export function withoutManifest({
  'manifest.json': manifest,
  ...tree
}: Record<string, string>): Record<string, string> {
  if (manifest === undefined) throw new Error('results without a manifest');
  return tree;
}

import type { Corrections, EditEntries } from '../contract/edits.ts';
import { Problem } from '../contract/problems.ts';
import type { EditEntry, EditOperation } from '../core/edits.ts';
import type { Job } from '../core/job.ts';
import { correctedDownloadRef, jobPrefix } from '../core/object-keys.ts';
import type { FileSummary } from '../core/summary.ts';
import { readEnd, readRound, writeRound } from '../jobs/corrected-rounds.ts';
import { editLog, type ImageRef } from '../jobs/edit-log.ts';
import { assertLive } from './archived.ts';
import { imageOfJob, labelSummary } from './correctable.ts';
import type { keyedLock } from './keyed-lock.ts';
import type { Handlers, Principal } from './request.ts';
import type { ApiServices } from './services.ts';
import { iso } from './views.ts';

type EditHandlers = Pick<Handlers, 'listEdits' | 'addEdits' | 'showCorrections' | 'correctResults'>;

/** Corrections of labels, and the results that are made with them. */
export function editHandlers({ ports }: Pick<ApiServices, 'ports'>, lock: ReturnType<typeof keyedLock>): EditHandlers {
  const { objects, queue, clock } = ports;
  const log = editLog(objects);

  const assertKnown = async (image: ImageRef, revision: number): Promise<void> => {
    if (!(await log.has(image, revision))) throw new Problem('revisionMissing', { revision });
  };

  return {
    async listEdits({ job, query: { path, after = 0 } }) {
      const image = await imageOfJob(job, path, ports);
      await assertKnown(image, after);
      const { entries, more } = await log.read(image, after);
      return entriesView(entries, after, more);
    },

    addEdits: ({ who, job, body: { path, after, operations } }) =>
      lock(`edits ${jobPrefix(job)}${path}`, async () => {
        const image = await imageOfJob(job, path, ports);
        const summary = await labelSummary(job, image, ports);
        for (const operation of operations) assertInside(operation, summary);
        await assertKnown(image, after);
        const entries = await log.append(image, after, { by: editorOf(who), at: iso(clock.now()), operations });
        return entriesView(entries, after, false);
      }),

    showCorrections: ({ job }) => correctionsView(job, ports),

    correctResults: ({ who, job }) =>
      lock(`corrections ${jobPrefix(job)}`, async () => {
        if (job.state !== 'completed') throw new Problem('notCorrectable', { why: `the job is ${job.state}` });
        assertLive(job);
        const images = await log.images(job);
        if (images.length === 0) throw new Problem('nothingCorrected', {});
        const { owner, id, generation } = job;
        const number = ((await readRound(job, objects))?.number ?? 0) + 1;
        const round = { number, generation, by: editorOf(who), at: iso(clock.now()), images };
        await writeRound(job, round, objects);
        const messages = images.map(({ path, revision }) => ({
          ...{ owner, id, path },
          corrected: { round: number, revision },
        }));
        await queue.send('files', messages); // a crash before it leaves a round that works on nothing: another one replaces it
        await objects.remove(correctedDownloadRef(job, number - 1)); // the tables and labels of earlier rounds stay
        return correctionsView(job, ports);
      }),
  };
}

const editorOf = ({ caller }: Principal): EditEntry['by'] => ({
  id: caller.sub,
  name: caller.email ?? caller.name ?? caller.sub,
});

const entriesView = (entries: EditEntry[], after: number, more: boolean): EditEntries => ({
  revision: entries.at(-1)?.revision ?? after,
  entries,
  more,
});

/** Throws the problem `editOutside` for a plane, or pixels, that the label image does not have. */
function assertInside(operation: EditOperation, { height, width, ...summary }: FileSummary): void {
  const { position, time, depth } = operation.plane;
  const outside = (what: string) => new Problem('editOutside', { what });
  if (position >= summary.positions || time >= summary.times || depth >= summary.depths)
    throw outside(`there is no plane at position ${position}, time ${time}, depth ${depth}`);
  if (operation.do === 'accept') {
    const { left, top, ...size } = operation.region;
    if (left + size.width > width || top + size.height > height)
      throw outside(`a region ends outside of ${width} x ${height} pixels`);
  }
  if (operation.do !== 'set') return;
  const { runs } = operation;
  for (let i = 0; i < runs.length; i += 3)
    if (runs[i]! >= height || runs[i + 1]! + runs[i + 2]! > width)
      throw outside(
        `row ${runs[i]}, columns ${runs[i + 1]} to ${runs[i + 1]! + runs[i + 2]!} of ${width} x ${height} pixels`,
      );
}

async function correctionsView(job: Job, { objects }: ApiServices['ports']): Promise<Corrections> {
  const [images, round, end] = await Promise.all([
    editLog(objects).images(job),
    readRound(job, objects),
    readEnd(job, objects),
  ]);
  if (round === undefined) return { images };
  const { number, by, at, generation } = round;
  const ended = end?.number === number ? end : undefined;
  const known = new Map(round.images.map(({ path, revision }) => [path, revision]));
  return {
    images,
    round: {
      number,
      state: ended === undefined ? 'working' : ended.failure === undefined ? 'ready' : 'failed',
      by: by.name,
      at,
      images: round.images,
      ...(ended?.bytes !== undefined && { bytes: ended.bytes }),
      ...(ended?.failure !== undefined && { failure: ended.failure }),
      outdated: generation !== job.generation || images.some(({ path, revision }) => known.get(path) !== revision),
    },
  };
}

import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import { type RoundRef, resultRef, tableRef } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { compareResults } from '../../report/compare.ts';
import { groupSummaryCsv } from '../../report/group-summary.ts';
import { byFolder } from '../../report/groups.ts';
import { type ObjectsTable, objectsTable } from '../../report/objects-table.ts';
import { type PlotFile, plotFiles } from '../../report/plot-files.ts';
import { NoResults } from '../../report/results.ts';
import { imagesOfTables } from '../../report/table-images.ts';
import type { DoneReport } from './file-report.ts';
import { openAhead } from './open-ahead.ts';
import { type Reported, tables } from './tables.ts';

/** Of all measurements: more are compared by `labdeploy report`, which has as much time as it takes. */
const mostBytes = 2 * 1024 ** 3;

const grouping = byFolder();

/** Whether a job's images lie in folders that can be compared, and a zip is made to hold it. */
export function isCompared({ job, files }: Pick<Reported, 'job' | 'files'>): boolean {
  if (job.settings.archive === false) return false;
  const conditions = new Set<string>();
  let bytes = 0;
  for (const report of files) {
    if (report.state !== 'done') continue;
    const condition = grouping.labelsOf(report.summary.path)?.condition;
    if (condition !== undefined) conditions.add(condition);
    bytes += report.summary.outputs.find(({ kind }) => kind === 'measurements.csv')?.bytes ?? 0;
  }
  return conditions.size > 1 && bytes <= mostBytes;
}

/**
 * Compares the folders of a job as `labdeploy report` does: writes objects.csv and group-summary.csv, and returns the plots,
 * by their names in the zip. Safe to repeat. A table that is none throws `objectCorrupt`.
 */
export async function compareConditions(
  job: Pick<Job, 'settings'> & RoundRef,
  reported: Reported,
  objects: ObjectStore,
): Promise<PlotFile[]> {
  const done = reported.files.filter((file) => file.state === 'done');
  const labels = new Map(done.map(({ summary: { path } }) => [path, grouping.labelsOf(path)]));
  try {
    const means = await writeObjects(job, done, objects);
    const { positive: rules = [] } = job.settings;
    const [summary, regions] = (['summary.csv', 'regions.csv'] as const).map((name) =>
      [...tables[name](reported)].join(''),
    );
    const images = imagesOfTables({ summary: summary!, regions, rules });
    const failed = reported.files.filter(({ state }) => state === 'failed').length;
    const compared = compareResults({ images, failed, rules }, { labels, means }).summary;
    await objects.put(tableRef(job, 'group-summary.csv'), Buffer.from([...groupSummaryCsv(compared)].join('')));
    const plots: PlotFile[] = [];
    for await (const { name, data } of plotFiles(compared)) plots.push({ name: `plots/${name}`, data });
    return plots;
  } catch (error) {
    if (!(error instanceof NoResults)) throw error;
    throw new Failure('objectCorrupt', { key: error.file, detail: error.message }, { cause: error });
  }
}

async function writeObjects(
  job: RoundRef,
  done: readonly DoneReport[],
  objects: ObjectStore,
): Promise<ObjectsTable['means']> {
  const refs = done.map(({ summary: { path } }) => resultRef(job, path, 'measurements.csv'));
  await using measurements = openAhead(refs, objects);
  const images = done.map(({ summary: { path } }, i) => ({
    path,
    name: refs[i]!.key,
    labels: [grouping.labelsOf(path)?.condition ?? ''],
    open: () => measurements.open(i),
  }));
  const table = await objectsTable(images, grouping.names);
  await objects.put(tableRef(job, 'objects.csv'), utf8(table.rows()));
  return table.means;
}

async function* utf8(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) yield Buffer.from(text);
}

import { forEachLimit } from '../../async/for-each-limit.ts';
import { objectsPerPlane } from '../../core/counted-objects.ts';
import { type JobRef, type ObjectRef, resultRef } from '../../core/object-keys.ts';
import { type Histogram, otsuHistogram } from '../../core/otsu.ts';
import { combinationOf, isPositive, type PositiveRule } from '../../core/positive.ts';
import type { FileSummary } from '../../core/summary.ts';
import { objectChunks } from '../../object-streams/object-chunks.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { DoneReport as Done, FileReport } from './file-report.ts';
import { editTable, readTable, wholeTable } from './measurement-table.ts';

type RuleColumns = NonNullable<FileSummary['positive']>['rules'];

/** Measurements read at once. */
const readsAhead = 8;
/** So many files are written between two looks whether the job is still ours. */
const filesBetweenLooks = 64;

/**
 * Decides which objects are positive where a threshold is that of all objects of the job (Otsu's), writes it into the
 * measurements of each image, and counts. Whole tables are never in memory. Safe to repeat: a decision takes the cell of an
 * earlier one, and the bytes keep their number. `look` throws where the job went on without us.
 */
export async function decidePositives(
  job: JobRef,
  rules: readonly PositiveRule[],
  reports: readonly FileReport[],
  { objects, look }: { objects: ObjectStore; look(): Promise<void> },
): Promise<void> {
  if (rules.every(({ threshold }) => threshold !== 'otsu')) return;
  const done = reports.filter((report) => report.state === 'done');
  const common = await thresholdsOf(job, rules, done, objects);
  let written = 0;
  await forEachLimit(done, readsAhead, async (report) => {
    if (written++ % filesBetweenLooks === 0) await look();
    const columns = columnsOf(report, rules);
    const thresholds = rules.map(({ threshold }, i) => (threshold === 'otsu' ? common[i] : columns[i]!.threshold));
    report.positives = { thresholds, combinations: await decideImage(job, report, { rules, thresholds }, objects) };
  });
}

const measurementsOf = (job: JobRef, { summary }: Done): ObjectRef => resultRef(job, summary.path, 'measurements.csv');

/** How the columns of an image are called. */
function columnsOf({ summary }: Done, rules: readonly PositiveRule[]): RuleColumns {
  const columns = summary.positive?.rules;
  if (columns?.length === rules.length) return columns;
  throw new Error(`the results of ${summary.path} are not of the settings of the job`);
}

/** Otsu's threshold of each rule that asks for it; undefined for others, and where there is no object. */
async function thresholdsOf(
  job: JobRef,
  rules: readonly PositiveRule[],
  done: readonly Done[],
  objects: ObjectStore,
): Promise<(number | undefined)[]> {
  const histograms = rules.map(({ threshold }, rule): Histogram | undefined => {
    if (threshold !== 'otsu') return undefined;
    let [lowest, highest] = [Infinity, -Infinity];
    for (const report of done) {
      const ends = columnsOf(report, rules)[rule]!.ends;
      if (ends === undefined) continue;
      lowest = Math.min(lowest, ends[0]);
      highest = Math.max(highest, ends[1]);
    }
    return lowest <= highest ? otsuHistogram(lowest, highest) : undefined;
  });
  await forEachLimit(done, readsAhead, async (report) => {
    const wanted = columnsOf(report, rules).flatMap(({ mean }, i) =>
      histograms[i] === undefined ? [] : [{ mean, i }],
    );
    if (wanted.length === 0 || objectsPerPlane(report.summary) === 0) return;
    const ref = measurementsOf(job, report);
    const names = wanted.map(({ mean }) => mean);
    await wholeTable(ref, () =>
      readTable(objectChunks(objects, ref), names, (values) => {
        values.forEach((text, k) => {
          const value = text === '' ? Number.NaN : Number(text);
          if (Number.isFinite(value)) histograms[wanted[k]!.i]!.add(value);
        });
      }),
    );
  });
  return histograms.map((histogram) => histogram?.threshold());
}

/** Writes what is decided into the measurements of one image. Returns the objects of each combination. */
async function decideImage(
  job: JobRef,
  report: Done,
  { rules, thresholds }: { rules: readonly PositiveRule[]; thresholds: readonly (number | undefined)[] },
  objects: ObjectStore,
): Promise<number[]> {
  const combinations = new Array<number>(2 ** rules.length).fill(0);
  if (objectsPerPlane(report.summary) === 0) return combinations;
  const columns = columnsOf(report, rules);
  const ref = measurementsOf(job, report);
  const byJob = columns.flatMap(({ column }, i) => (rules[i]!.threshold === 'otsu' ? [{ column, i }] : []));
  // What predict has decided plane by plane is read; its threshold in the summary is a mean.
  const read = columns.map(({ mean, column }, i) => (rules[i]!.threshold === 'otsu' ? mean : column));
  const decide = (values: readonly string[]): string[] => {
    const positive = values.map((text, i) => {
      if (rules[i]!.threshold !== 'otsu') return text === '' ? undefined : text === '1';
      return isPositive(text === '' ? Number.NaN : Number(text), thresholds[i] ?? Number.NaN);
    });
    const at = combinationOf(positive);
    if (at !== undefined) combinations[at]!++;
    return byJob.map(({ i }) => (positive[i] === undefined ? ' ' : positive[i] ? '1' : '0'));
  };
  const written = byJob.map(({ column }) => column);
  await wholeTable(ref, () => objects.put(ref, editTable(objectChunks(objects, ref), { read, written }, decide)));
  return combinations;
}

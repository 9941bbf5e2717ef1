import { forEachLimit } from '../../async/for-each-limit.ts';
import { objectsPerPlane } from '../../core/counted-objects.ts';
import { type JobRef, resultRef } from '../../core/object-keys.ts';
import { combinationOf, type PositiveRule } from '../../core/positive.ts';
import type { FileSummary } from '../../core/summary.ts';
import { objectChunks } from '../../object-streams/object-chunks.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { regionSeparator } from '../../regions/region-map.ts';
import type { DoneReport, RegionCount } from './file-report.ts';
import { readTable, wholeTable } from './measurement-table.ts';

/** Measurements read at once. */
const readsAhead = 8;

/**
 * Counts the objects of each region of each image that has regions, from what predict wrote of each object. After the
 * positive objects are decided; whole tables are never in memory.
 */
export async function countRegions(
  job: JobRef,
  rules: readonly PositiveRule[],
  done: readonly DoneReport[],
  objects: ObjectStore,
): Promise<void> {
  const withRegions = done.filter(({ summary }) => summary.regions !== undefined);
  await forEachLimit(withRegions, readsAhead, async (report) => {
    report.regions = await countImage(job, report.summary, rules, objects);
  });
}

const isTracked = ({ times, counted }: FileSummary): boolean => times > 1 && counted?.planes !== 'each';

async function countImage(
  job: JobRef,
  summary: FileSummary,
  rules: readonly PositiveRule[],
  objects: ObjectStore,
): Promise<RegionCount[]> {
  const counts = new Map(
    summary.regions!.list.map(({ name }): [string, RegionCount] => [
      name,
      { rows: 0, tracks: new Set(), combinations: new Array<number>(2 ** rules.length).fill(0) },
    ]),
  );
  if (objectsPerPlane(summary) === 0) return [...counts.values()];
  const tracked = isTracked(summary) ? ['position', 'track'] : [];
  const positive = (summary.positive?.rules ?? []).map(({ column }) => column);
  const ref = resultRef(job, summary.path, 'measurements.csv');
  const take = ([region, ...cells]: readonly string[]): void => {
    if (region === '') return;
    const track = cells.slice(0, tracked.length).join('/');
    const combination =
      positive.length > 0 ? combinationOf(cells.slice(tracked.length).map(isPositiveCell)) : undefined;
    for (const name of Buffer.from(region!, 'latin1').toString().split(regionSeparator)) {
      const count = counts.get(name);
      if (count === undefined) throw new SyntaxError(`a region ${name}, which the image does not have`);
      addObject(count, { track: tracked.length > 0 ? track : undefined, combination });
    }
  };
  await wholeTable(ref, () => readTable(objectChunks(objects, ref), ['region', ...tracked, ...positive], take));
  return [...counts.values()];
}

function addObject(
  count: RegionCount,
  { track, combination }: { track: string | undefined; combination: number | undefined },
): void {
  count.rows++;
  if (track !== undefined) count.tracks.add(track);
  if (combination !== undefined) count.combinations[combination]!++;
}

const isPositiveCell = (cell: string): boolean | undefined => (cell === '' ? undefined : cell === '1');

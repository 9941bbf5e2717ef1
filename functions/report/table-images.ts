import { parseCsv } from '../core/parse-csv.ts';
import { combinationNames, type PositiveRule } from '../core/positive.ts';
import { pathOfCell, type RegionValues, regionsByImage } from './region-rows.ts';
import { type ImageCounts, imageCounts } from './summary-row.ts';

/** One image as the tables of a job have it. */
export interface TableRow {
  path: string;
  counts: ImageCounts;
  /** Empty where it has none. */
  regions: readonly RegionValues[];
}

/** Text of summary.csv, and of regions.csv where there is one; `rules`: of the job's positive objects. */
export interface JobTexts {
  summary: string;
  regions?: string | undefined;
  rules?: readonly PositiveRule[] | undefined;
}

/** Rows by column. Throws SyntaxError for what is no CSV. */
function rowsOfTable(text: string): Record<string, string>[] {
  const { columns, rows } = parseCsv(text);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? ''])));
}

/** The images of a job, in the order of its table. */
export function imagesOfTables({ summary, regions, rules = [] }: JobTexts): TableRow[] {
  const combinations = combinationNames(rules);
  const ofImages = regionsByImage(regions === undefined ? [] : rowsOfTable(regions), rules, combinations);
  return rowsOfTable(summary).map((row) => {
    const path = pathOfCell(row.path ?? '');
    return { path, counts: imageCounts(row, combinations), regions: ofImages.get(path) ?? [] };
  });
}

/** What the table says of the sizes of an image's objects: their mean, as a report has it of the objects themselves. */
export function meanSizes(text: string): Map<string, Map<string, number>> {
  const columns = { mean_area_um2: 'area_um2', mean_area_px: 'area_px' };
  return new Map(
    rowsOfTable(text).map((row) => {
      const sizes = Object.entries(columns).flatMap(([column, name]) => {
        const cell = row[column] ?? '';
        return cell === '' ? [] : [[name, Number(cell)] as const];
      });
      return [pathOfCell(row.path ?? ''), new Map(sizes)];
    }),
  );
}

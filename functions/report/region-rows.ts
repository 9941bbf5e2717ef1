import type { PositiveRule } from '../core/positive.ts';
import { positiveFractions } from './measures.ts';

/** One region of one image, as regions.csv has it. */
export interface RegionValues {
  region: string;
  /** By the keys of measures of whole images. */
  values: ReadonlyMap<string, number>;
}

/** A path that a spreadsheet would take for a formula has a ' in front (core/csv). */
export const pathOfCell = (cell: string): string => cell.replace(/(?<=^|[;\t\r\n])'(?=[=+\-@＝＋－＠])/g, '');

type Row = Readonly<Record<string, string>>;

const numberIn = (row: Row, column: string): number | undefined => {
  const text = row[column] ?? '';
  return text === '' || !Number.isFinite(Number(text)) ? undefined : Number(text);
};

/** The regions of each image, by its path. `combinations`: names of the columns that count them, of these rules. */
export function regionsByImage(
  rows: readonly Row[],
  rules: readonly PositiveRule[],
  combinations: readonly string[],
): Map<string, RegionValues[]> {
  const regions = new Map<string, RegionValues[]>();
  for (const row of rows) {
    const path = pathOfCell(row.path!);
    const objects = numberIn(row, 'objects') ?? numberIn(row, 'objects_per_plane') ?? 0;
    const density = numberIn(row, 'density_per_mm2');
    const values = new Map([
      ['objects', objects],
      ...(density === undefined ? [] : [['density_per_mm2', density] as const]),
      ...positiveFractions(
        rules,
        combinations.map((name) => numberIn(row, name) ?? 0),
      ),
    ]);
    regions.set(path, [...(regions.get(path) ?? []), { region: row.region!, values }]);
  }
  return regions;
}

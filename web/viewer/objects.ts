import type { CsvTable } from '../../functions/core/parse-csv.ts';
import { numericColumns } from '../image/csv-table.ts';
import type { PlaneChoice } from './messages.ts';
import type { Point } from './viewport.ts';

/** Columns that say where a row belongs, and measure nothing. */
const places = ['position', 'time', 'depth'] as const;

/** The measurements of one image: a row an object, whose number is its label in the label image. */
export interface ObjectTable {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Columns of numbers that objects can be filtered by. */
  measures: readonly string[];
  labelOf(row: number): number;
  valueOf(row: number, column: string): number;
  /** Where it is, in pixels; undefined where the table does not say. */
  centreOf(row: number): Point | undefined;
  /** Rows of one plane; of objects that go through depth, all rows of its time and position. */
  rowsOf(plane: PlaneChoice): readonly number[];
}

export function objectTable(table: CsvTable): ObjectTable {
  const { columns, rows } = table;
  const at = (column: string) => columns.indexOf(column);
  const [label, x, y] = [at('label'), at('centroid_x_px'), at('centroid_y_px')];
  const [first, through] = [at('bbox_z_planes'), at('bbox_depth_planes')]; // of objects that go through a stack
  const measures = numericColumns(table).filter(
    (column) => column !== 'label' && !(places as readonly string[]).includes(column),
  );
  const placed = places.map((name) => [name, at(name)] as const).filter(([, column]) => column >= 0);
  return {
    columns,
    rows,
    measures,
    labelOf: (row) => Number(rows[row]![label]),
    valueOf: (row, column) => {
      const cell = rows[row]![at(column)];
      return cell === undefined || cell === '' ? Number.NaN : Number(cell);
    },
    centreOf: (row) => {
      const centre = { x: Number(rows[row]![x] ?? Number.NaN) + 0.5, y: Number(rows[row]![y] ?? Number.NaN) + 0.5 };
      return Number.isFinite(centre.x) && Number.isFinite(centre.y) ? centre : undefined;
    },
    rowsOf: (plane) =>
      Array.from(rows.keys()).filter((row) => {
        const cells = rows[row]!;
        return placed.every(([name, column]) =>
          name === 'depth' && first >= 0 && through >= 0
            ? plane.depth >= Number(cells[first]) && plane.depth < Number(cells[first]) + Number(cells[through])
            : cells[column] === '' || Number(cells[column]) === plane[name],
        );
      }),
  };
}

/** Objects whose value of one column is in a range, its ends included. */
export interface ObjectFilter {
  column: string;
  from: number;
  to: number;
}

export const passes = (table: ObjectTable, row: number, { column, from, to }: ObjectFilter): boolean => {
  const value = table.valueOf(row, column);
  return value >= from && value <= to;
};

/** By label: 1 where an object of these rows passes. */
export function passingLabels(table: ObjectTable, rows: readonly number[], filter: ObjectFilter): Uint8Array {
  const most = rows.reduce((largest, row) => Math.max(largest, table.labelOf(row)), 0);
  const found = new Uint8Array(most + 1);
  for (const row of rows) if (passes(table, row, filter)) found[table.labelOf(row)] = 1;
  return found;
}

/** The row after, or before, that of a label; the first where there is none. Round and round. */
export function nextRow(table: ObjectTable, rows: readonly number[], label: number, by: number): number | undefined {
  if (rows.length === 0) return undefined;
  const at = rows.findIndex((row) => table.labelOf(row) === label);
  if (at === -1) return by > 0 ? rows[0] : rows.at(-1);
  return rows[(at + by + rows.length) % rows.length];
}

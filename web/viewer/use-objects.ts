import { useMemo, useState } from 'react';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import type { Paint, PlaneChoice } from './messages.ts';
import { type ObjectFilter, objectTable, passes, passingLabels } from './objects.ts';
import type { ViewState } from './view-state.ts';

export const drawings = ['outlines', 'filled', 'hidden'] as const;
export type Drawing = (typeof drawings)[number];

/** The objects of an image: their table, which is chosen, which pass the filter, and how they are drawn. */
export function useObjects(
  csv: string | undefined,
  plane: PlaneChoice,
  initial: Pick<ViewState, 'filter' | 'object'> = {},
) {
  const table = useMemo(() => (csv === undefined ? undefined : objectTable(parseCsv(csv))), [csv]);
  const [selected, select] = useState(initial.object ?? 0);
  const [drawing, draw] = useState<Drawing>('outlines');
  const [opacity, setOpacity] = useState(1);
  const [wanted, setFilter] = useState<ObjectFilter | undefined>(initial.filter);
  const filter = wanted !== undefined && table?.measures.includes(wanted.column) === true ? wanted : undefined;
  const rows = useMemo(() => table?.rowsOf(plane) ?? [], [table, plane]);
  const passing = useMemo(
    () => (table === undefined || filter === undefined ? rows : rows.filter((row) => passes(table, row, filter))),
    [table, rows, filter],
  );
  const paint = useMemo<Paint | undefined>(() => {
    if (drawing === 'hidden') return undefined;
    const passed = table === undefined || filter === undefined ? undefined : passingLabels(table, rows, filter);
    const style = { filled: drawing === 'filled', selected, ...(passed !== undefined && { passes: passed }) };
    return { kind: 'labels', style };
  }, [drawing, selected, table, rows, filter]);
  return { table, rows, passing, selected, select, drawing, draw, opacity, setOpacity, filter, setFilter, paint };
}

export type Objects = ReturnType<typeof useObjects>;

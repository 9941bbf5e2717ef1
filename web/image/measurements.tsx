import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { strings } from '../strings.ts';
import { numericColumns, valuesOf } from './csv-table.ts';
import { HistogramChart } from './histogram-chart.tsx';
import { TableView } from './table-view.tsx';

interface MeasurementsProps {
  csv: string;
  /** What a row is: `42 objects`. */
  unit(count: number): string;
  label: string;
}

/** A table of results, and the distribution of one of its columns. */
export function Measurements({ csv, unit, label }: MeasurementsProps) {
  const table = useMemo(() => parseCsv(csv), [csv]);
  const numeric = useMemo(() => numericColumns(table), [table]);
  const [chosen, setChosen] = useState<string>();
  const column = chosen ?? preferred(numeric);
  return (
    <>
      {column !== undefined && (
        <>
          <NativeSelect
            className="narrow-field"
            label={strings.histogramOf}
            value={column}
            data={numeric}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          <HistogramChart column={column} values={valuesOf(table, column)} unit={unit} />
        </>
      )}
      <TableView table={table} label={label} />
    </>
  );
}

/** Sizes in real units say most. */
const preferred = (columns: readonly string[]): string | undefined =>
  ['area_um2', 'area_px', 'mean_area_um2', 'objects'].find((name) => columns.includes(name)) ?? columns[0];

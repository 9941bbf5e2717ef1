import { Checkbox, NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { strings } from '../strings.ts';
import { numericColumns, valuesOf, withColumns } from './csv-table.ts';
import { HistogramChart } from './histogram-chart.tsx';
import { TableView } from './table-view.tsx';

interface MeasurementsProps {
  csv: string;
  /** What a row is: `42 objects`. */
  unit(count: number): string;
  label: string;
  /** Columns that say most, of which the table has some: it begins with these alone. Absent: all. */
  first?: readonly string[];
  /** Columns whose distribution says most, the best first. */
  best?: readonly string[];
}

/** A table of results, and the distribution of one of its columns. */
export function Measurements({ csv, unit, label, first, best = [] }: MeasurementsProps) {
  const table = useMemo(() => parseCsv(csv), [csv]);
  const numeric = useMemo(() => numericColumns(table), [table]);
  const [chosen, setChosen] = useState<string>();
  const [isWhole, setWhole] = useState(first === undefined);
  const shown = useMemo(() => (isWhole ? table : withColumns(table, first ?? [])), [table, isWhole, first]);
  const column = chosen ?? [...best, ...usualBest].find((name) => numeric.includes(name)) ?? numeric[0];
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
      {first !== undefined && (
        <Checkbox
          label={strings.allColumns(table.columns.length)}
          checked={isWhole}
          onChange={(event) => setWhole(event.currentTarget.checked)}
        />
      )}
      <TableView table={shown} label={label} />
    </>
  );
}

/** Sizes in real units say most. */
const usualBest = ['area_um2', 'area_px', 'mean_area_um2', 'mean_area_px', 'objects'];

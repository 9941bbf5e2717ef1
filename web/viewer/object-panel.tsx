import { inShort } from '../format.ts';
import { FilterChart } from './filter-chart.tsx';
import type { ObjectTable } from './objects.ts';
import { type Drawing, drawings, type Objects } from './use-objects.ts';
import { words } from './words.ts';

/** How objects are drawn, and which of them stand out. */
export function ObjectPanel({ objects }: { objects: Objects }) {
  const { table, drawing, draw, opacity, setOpacity } = objects;
  return (
    <fieldset className="viewer-part">
      <legend>{words.objects}</legend>
      <label className="viewer-slider">
        <span>{words.drawn}</span>
        <select value={drawing} onChange={(event) => draw(event.currentTarget.value as Drawing)}>
          {drawings.map((each) => (
            <option key={each} value={each}>
              {words.drawnAs[each]}
            </option>
          ))}
        </select>
      </label>
      <label className="viewer-slider">
        <span>{words.opacity}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={opacity}
          onChange={(event) => setOpacity(Number(event.currentTarget.value))}
        />
        <span className="viewer-number">{Math.round(100 * opacity)} %</span>
      </label>
      <p className="soft" role="status">
        {chosenInWords(objects)}
      </p>
      {table !== undefined && table.measures.length > 0 && <Filter objects={objects} table={table} />}
    </fieldset>
  );
}

function chosenInWords({ table, rows, selected }: Objects): string {
  if (selected === 0) return words.noneChosen;
  const listed = table !== undefined && rows.some((row) => table.labelOf(row) === selected);
  return listed || table === undefined ? words.chosen(selected) : words.noRow(selected);
}

/** A range of one measurement; what is outside of it becomes faint, and leaves the table. */
function Filter({ objects, table }: { objects: Objects; table: ObjectTable }) {
  const { filter, setFilter, rows, passing } = objects;
  const choose = (column: string) => {
    if (column === '') return setFilter(undefined);
    const { least, most } = rangeOf(table, rows, column);
    setFilter({ column, from: least, to: most });
  };
  return (
    <>
      <label className="viewer-slider">
        <span>{words.filterBy}</span>
        <select value={filter?.column ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{words.noFilter}</option>
          {table.measures.map((column) => (
            <option key={column} value={column}>
              {column}
            </option>
          ))}
        </select>
      </label>
      {filter !== undefined && (
        <>
          <FilterChart
            column={filter.column}
            values={rows.map((row) => table.valueOf(row, filter.column))}
            range={filter}
            onChange={(range) => setFilter({ ...filter, ...range })}
          />
          <Bound bound="from" objects={objects} table={table} />
          <Bound bound="to" objects={objects} table={table} />
        </>
      )}
      <p className="soft" role="status">
        {words.passing(passing.length, rows.length)}
      </p>
    </>
  );
}

function Bound({ bound, objects, table }: { bound: 'from' | 'to'; objects: Objects; table: ObjectTable }) {
  const { filter, setFilter, rows } = objects;
  if (filter === undefined) return null;
  const { least, most } = rangeOf(table, rows, filter.column);
  const value = filter[bound];
  const move = (to: number) =>
    setFilter(
      bound === 'from'
        ? { ...filter, from: to, to: Math.max(to, filter.to) }
        : { ...filter, from: Math.min(to, filter.from), to },
    );
  return (
    <label className="viewer-slider">
      <span>{bound === 'from' ? words.fromShort : words.toShort}</span>
      <input
        type="range"
        min={least}
        max={most}
        step="any"
        value={value}
        aria-label={bound === 'from' ? words.from(filter.column) : words.to(filter.column)}
        onChange={(event) => move(Number(event.currentTarget.value))}
      />
      <span className="viewer-number">{inShort(value)}</span>
    </label>
  );
}

function rangeOf(table: ObjectTable, rows: readonly number[], column: string): { least: number; most: number } {
  const values = rows.map((row) => table.valueOf(row, column)).filter(Number.isFinite);
  let [least, most] = [values[0] ?? 0, values[0] ?? 1];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

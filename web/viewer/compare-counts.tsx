import { useEffect, useMemo } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { useTables, useText } from '../api/queries.ts';
import { Gap, rowHeight, useDrawnRows } from '../components/drawn-rows.tsx';
import { Scroller } from '../components/scroller.tsx';
import { Show } from '../components/show.tsx';
import { inShort } from '../format.ts';
import { words } from './words.ts';

interface CompareCountsProps {
  first: JobView;
  second: JobView;
  /** The image that is shown. */
  path: string | undefined;
  onShow(path: string): void;
}

/** Objects of each image in both jobs; of planes that count each by itself their mean. */
export function CompareCounts({ first, second, path, onShow }: CompareCountsProps) {
  const [one, two] = [useSummary(first), useSummary(second)];
  return (
    <Show what={one}>
      {(csv) => (
        <Show what={two}>{(other) => <Counts {...{ first, second, path, onShow }} csv={csv} other={other} />}</Show>
      )}
    </Show>
  );
}

function useSummary(job: JobView) {
  const results = useTables(job);
  const files = results.state === 'ready' ? results.data.files : [];
  return useText(files.find(({ kind }) => kind === 'summary.csv')?.request.url);
}

function Counts({ first, second, path, onShow, csv, other }: CompareCountsProps & { csv: string; other: string }) {
  const [before, after] = useMemo(() => [countsOf(csv), countsOf(other)], [csv, other]);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const { box, items, above, below } = useDrawnRows(paths.length);
  const begin = path === undefined ? paths[0] : undefined;
  useEffect(() => {
    if (begin !== undefined) onShow(begin);
  }, [begin, onShow]);
  return (
    <Scroller box={box} className="table viewer-rows" label={words.compareCounts}>
      <table aria-rowcount={paths.length + 1}>
        <thead>
          <tr>
            <th scope="col">{words.comparedImage}</th>
            <th scope="col">{first.name}</th>
            <th scope="col">{second.name}</th>
            <th scope="col">{words.difference}</th>
          </tr>
        </thead>
        <tbody>
          <Gap height={above} />
          {items.map(({ index }) => {
            const each = paths[index]!;
            const [a, b] = [before.get(each), after.get(each)];
            return (
              <tr key={each} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                <td>
                  <button type="button" aria-pressed={each === path} onClick={() => onShow(each)}>
                    {each}
                  </button>
                </td>
                <td>{a === undefined ? '' : inShort(a)}</td>
                <td>{b === undefined ? '' : inShort(b)}</td>
                <td>{a === undefined || b === undefined ? '' : inShort(b - a)}</td>
              </tr>
            );
          })}
          <Gap height={below} />
        </tbody>
      </table>
    </Scroller>
  );
}

/** By path: objects, each once, else their mean per plane. */
function countsOf(csv: string): Map<string, number> {
  const { columns, rows } = parseCsv(csv);
  const [path, objects, perPlane] = ['path', 'objects', 'objects_per_plane'].map((name) => columns.indexOf(name));
  return new Map(
    rows.map((row) => [row[path!]!, Number(row[objects!] === '' ? row[perPlane!] : row[objects!])] as const),
  );
}

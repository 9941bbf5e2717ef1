import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { compareTables, type GroupingChoice } from '../../functions/report/compare-tables.ts';
import type { GroupSummary } from '../../functions/report/group-summary.ts';
import type { JobTexts } from '../../functions/report/table-images.ts';
import { Notice } from '../components/notice.tsx';
import { strings } from '../strings.ts';
import { ConditionsPlot } from './conditions-plot.tsx';
import { ConditionsTable } from './conditions-table.tsx';
import { GroupingFields } from './grouping-fields.tsx';

/** Images that are named before the rest is counted. */
const mostNamed = 5;

/** The conditions of a job side by side: a measure at a time, as plot and as numbers. */
export function Comparison({ texts }: { texts: JobTexts }) {
  const [choice, setChoice] = useState<GroupingChoice>({ by: 'folders' });
  const compared = useMemo(() => compareTables(texts, choice), [texts, choice]);
  return (
    <>
      <GroupingFields choice={choice} setChoice={setChoice} />
      {'refused' in compared ? (
        choice.by === 'pattern' && choice.pattern === '' ? null : (
          <Notice kind="bad" title={strings.comparison.refused}>
            <p>{compared.refused}</p>
          </Notice>
        )
      ) : (
        <>
          <Missing what={strings.comparison.ungrouped} names={compared.ungrouped} />
          <Missing what={strings.comparison.unused} names={compared.unused} />
          {compared.summary.groups.length < 2 ? (
            <p className="soft">{strings.comparison.tooFew(compared.summary.groups.length)}</p>
          ) : (
            <Measures summary={compared.summary} />
          )}
        </>
      )}
    </>
  );
}

function Measures({ summary }: { summary: GroupSummary }) {
  const [key, setKey] = useState('objects');
  const measure = summary.measures.find((each) => each.key === key) ?? summary.measures[0]!;
  return (
    <>
      <NativeSelect
        className="narrow-field"
        label={strings.comparison.measure}
        value={measure.key}
        data={summary.measures.map((each) => ({ value: each.key, label: each.title }))}
        onChange={(event) => setKey(event.currentTarget.value)}
      />
      <ConditionsPlot summary={summary} measure={measure} />
      <ConditionsTable summary={summary} measure={measure} />
      <p className="soft">{strings.comparison.units(summary.unit)}</p>
    </>
  );
}

function Missing({ what, names }: { what(count: number): string; names: readonly string[] }) {
  if (names.length === 0) return null;
  const more = names.length > mostNamed ? `, … (${names.length})` : '';
  return (
    <p className="soft">
      {what(names.length)} {names.slice(0, mostNamed).join(', ')}
      {more}
    </p>
  );
}

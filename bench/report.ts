import type { Measured, Row, Target, Unit } from './benchmark.ts';
import { type EarlierRow, earlierRows } from './earlier-report.ts';
import { median } from './pairs.ts';

/** What became of one row, and when. `measured` is absent where something failed: then `trouble` says what. */
export interface Outcome {
  row: string;
  /** ISO 8601, to the minute. */
  at: string;
  /** Load of the machine (1 minute) before it began: above 1 others were working. */
  load: number;
  measured?: Measured;
  trouble?: string;
}

export type Verdict = 'reached' | 'below' | 'not measured' | 'failed';

export function verdictOf({ target }: Row, outcome: Outcome | undefined): Verdict {
  if (outcome === undefined) return 'not measured';
  if (outcome.measured === undefined) return 'failed';
  if ('missing' in outcome.measured) return 'not measured';
  const value = median(figures(outcome.measured));
  return ('atLeast' in target ? value >= target.atLeast : value < target.under) ? 'reached' : 'below';
}

/** What the target is about: the ratio of each pair, or each value. */
function figures(measured: Exclude<Measured, { missing: string }>): number[] {
  if ('values' in measured) return measured.values;
  return measured.reference.map((reference, i) => reference / measured.ours[i]!);
}

export const targetText = (target: Target): string =>
  'atLeast' in target ? `at least ${target.atLeast}x` : `under ${withUnit(target.under, target.unit)}`;

const withUnit = (value: number, unit: Unit): string => {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const text = Number(value.toFixed(Math.min(digits, 3))).toString();
  return unit === 'x' ? `${text}x` : `${text} ${unit}`;
};

/** The first columns of the table, which say what is asked. */
const question = (row: Row): string[] => [`\`${row.name}\``, row.what, targetText(row.target)];

/** Columns of the table: row, what, target, figure, its spread, ours, reference, verdict. */
function cells(row: Row, outcome: Outcome | undefined): string[] {
  const start = question(row);
  const verdict = verdictOf(row, outcome);
  if (outcome === undefined) return [...start, '', '', '', '', `not measured: npm run bench -- ${row.name}`];
  const { measured, trouble } = outcome;
  if (measured === undefined) return [...start, '', '', '', '', `failed: ${trouble}`];
  if ('missing' in measured) return [...start, '', '', '', '', `not measured: needs ${measured.missing}`];
  const values = figures(measured);
  const unit = 'atLeast' in row.target ? 'x' : row.target.unit;
  const spread =
    values.length < 2 ? '' : `${withUnit(Math.min(...values), unit)} to ${withUnit(Math.max(...values), unit)}`;
  const sides =
    'values' in measured
      ? ['', '']
      : [withUnit(median(measured.ours), measured.unit), withUnit(median(measured.reference), measured.unit)];
  return [...start, withUnit(median(values), unit), spread, ...sides, verdict];
}

const line = (columns: readonly string[]): string =>
  `| ${columns.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;

const header = ['row', 'what', 'target', 'measured', 'spread', 'ours', 'reference', 'verdict'];

export function renderTable(rows: readonly Row[], outcomes: ReadonlyMap<string, Outcome>, earlier = ''): string {
  const kept = earlierRows(earlier);
  return [
    line(header),
    line(header.map(() => '---')),
    ...rows.map((row) => keptOf(row, outcomes, kept)?.line ?? line(cells(row, outcomes.get(row.name)))),
  ].join('\n');
}

/** What was measured earlier of a row that was not measured now. With another target its verdict would answer another question. */
function keptOf(
  row: Row,
  outcomes: ReadonlyMap<string, Outcome>,
  kept: ReadonlyMap<string, EarlierRow>,
): EarlierRow | undefined {
  const found = outcomes.has(row.name) ? undefined : kept.get(row.name);
  return found?.line.startsWith(line(question(row)).slice(0, -1)) ? found : undefined;
}

function sectionOf(row: Row, { measured, at, load }: Outcome, machine: string): string | undefined {
  if (measured === undefined || 'missing' in measured) return undefined;
  const { commands, notes = [] } = measured;
  const when = `${at}, load of the machine before: ${load.toFixed(2)}`;
  const facts = [...commands, ...notes, `on ${machine}`].map((text) => `- ${text}\n`);
  return `### ${row.name}\n\n\`npm run bench -- ${row.name}\` (${when})\n\n${facts.join('')}`;
}

/**
 * RESULTS.md: the table, then for each row how it was measured and what there is to know. `earlier`: the report that it
 * replaces, whose rows stay where they were not measured now.
 */
export function renderReport(
  rows: readonly Row[],
  outcomes: ReadonlyMap<string, Outcome>,
  machine: readonly string[],
  { quick, earlier }: { quick: boolean; earlier: string },
): string {
  const kept = earlierRows(earlier);
  const details = rows.flatMap((row) => {
    const outcome = outcomes.get(row.name);
    const section = outcome ? sectionOf(row, outcome, machine[0]!) : keptOf(row, outcomes, kept)?.section;
    return section ?? [];
  });
  return `# Benchmark results

Written by \`npm run bench\`; do not edit. Ours and the reference take turns; the figure is the median over the pairs of
reference over ours (so over 1 is faster or smaller), the spread its smallest and largest value. Rows without a reference
are medians of single measurements. All inputs are synthetic and the same on every machine.${quick ? '\n\n**Measured with --quick, on tiny inputs: these figures mean nothing.**' : ''}

${renderTable(rows, outcomes, earlier)}

## Machine of the latest rows

${machine.map((text) => `- ${text}`).join('\n')}

## How each row was measured

${details.join('\n').trimEnd()}
`;
}

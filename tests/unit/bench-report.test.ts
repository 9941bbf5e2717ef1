import { describe, expect, it } from '@jest/globals';
import type { Row } from '../../bench/benchmark.ts';
import { type Outcome, renderReport } from '../../bench/report.ts';

const rows: Row[] = [
  { name: 'zip', what: 'a zip', target: { atLeast: 1 } },
  { name: 'cost', what: 'a folder', target: { under: 2, unit: 'USD' } },
];
const outcomeOf = (row: string, value: number): Outcome => ({
  ...{ row, at: '2026-11-30T12:00Z', load: 0.5 },
  measured: { values: [value], commands: [`${row} of ${value}`] },
});
const report = (measured: Outcome[], machine: string, earlier = '', of = rows) =>
  renderReport(of, new Map(measured.map((each) => [each.row, each])), [machine], { quick: false, earlier });

describe('a report of some rows', () => {
  const first = report([outcomeOf('zip', 1.5), outcomeOf('cost', 1.25)], 'machine A');

  it('keeps figures, commands and machine of the others', () => {
    const second = report([outcomeOf('zip', 3)], 'machine B', first);
    expect(second).toContain('| `zip` | a zip | at least 1x | 3x |');
    expect(second).toContain('- zip of 3\n- on machine B\n');
    expect(second).toContain('| `cost` | a folder | under 2 USD | 1.25 USD |');
    expect(second).toContain('- cost of 1.25\n- on machine A\n');
    expect(report([], 'machine B', second)).toBe(second);
  });

  it('keeps nothing of a row that asks something else now', () => {
    const stricter: Row[] = [rows[0]!, { ...rows[1]!, target: { under: 1, unit: 'USD' } }];
    const second = report([], 'machine B', first, stricter);
    expect(second).toContain('| `cost` | a folder | under 1 USD |  |  |  |  | not measured: npm run bench -- cost |');
    expect(second).not.toContain('cost of 1.25');
  });
});

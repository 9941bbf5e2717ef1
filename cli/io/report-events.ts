import { event } from './event.ts';
import { count, table } from './format.ts';

/** Names that are shown before the rest is counted; the report has all. */
const shown = 10;

const list = (names: readonly string[]): string =>
  [
    ...names.slice(0, shown).map((name) => `  ${name}`),
    ...(names.length > shown ? [`  … and ${names.length - shown} more, named in the report`] : []),
  ].join('\n');

/** Of `labdeploy report`. */
export const reportEvents = {
  'report.ungrouped': event<{ images: string[] }>(
    'warn',
    (d) => `${count(d.images.length, 'image')} in no condition, left out of the comparison:\n${list(d.images)}`,
  ),
  'report.unusedGroups': event<{ rows: string[] }>(
    'warn',
    (d) =>
      `${count(d.rows.length, 'row')} of the table of groups that ${d.rows.length === 1 ? 'is' : 'are'} of no image:\n${list(d.rows)}`,
  ),
  'report.noCard': event<{ model: string }>(
    'warn',
    (d) => `the card of ${d.model} was not found, so the report cites nothing for it: name its package with --model`,
  ),
  'report.done': event<{
    report: string;
    objectsTable: string;
    summaryTable: string;
    plots: string;
    objects: number;
    unit: 'animal' | 'image';
    groups: { condition: string; images: number; animals?: number; medianObjects?: number }[];
    failed: number;
    leftOut: number;
  }>('result', (d) => {
    const withAnimals = d.unit === 'animal';
    const lines = table([
      ['condition', ...(withAnimals ? ['animals'] : []), 'images', `objects per image, median of ${d.unit}s`],
      ...d.groups.map((group) => [
        group.condition,
        ...(withAnimals ? [String(group.animals ?? 0)] : []),
        String(group.images),
        group.medianObjects?.toLocaleString('en', { maximumFractionDigits: 1 }) ?? '–',
      ]),
    ]);
    const missing = [
      ...(d.failed > 0 ? [`${count(d.failed, 'file')} failed`] : []),
      ...(d.leftOut > 0 ? [`${count(d.leftOut, 'file')} left out`] : []),
    ];
    return [
      ...lines,
      '',
      ...(missing.length > 0 ? [`${missing.join(', ')}: each is named in the report`] : []),
      `report   ${d.report}`,
      `groups   ${d.summaryTable}`,
      `objects  ${d.objectsTable} (${count(d.objects, 'object')})`,
      `plots    ${d.plots}`,
    ].join('\n');
  }),
};

import { axisFor } from './axis.ts';
import type { Group, GroupSummary, GroupValues } from './group-summary.ts';
import { markupText, shownNumber } from './markup.ts';
import type { Measure } from './measures.ts';
import { plotStyle } from './plot-style.ts';
import { whiskers } from './statistics.ts';
import { swarmOffsets } from './swarm.ts';

/** px of the drawing, which scales. */
const [left, top, plotHeight, bottom, column] = [64, 34, 220, 56, 120];
const [unitRadius, imageRadius, boxWidth] = [4, 2.2, 56];
/** Fewer values give no box: its quartiles would be guessed from single values. */
export const fewestOfBox = 5;
/** Characters of a measure in the name of its plot. */
const longestKey = 60;
/** Characters of a condition below its column. */
const longestName = 16;

export interface PlotOptions {
  /** Of the plot among others; starts its ids. */
  name: string;
  /** Carries its own style, to be a file by itself. */
  standalone: boolean;
}

/**
 * Strip and box plot of one measure as SVG: a column a condition, a point a unit (animal or image); where animals are the
 * units their images are small points behind them.
 */
export function stripPlot(summary: GroupSummary, measure: Measure, { name, standalone }: PlotOptions): string {
  const { groups, unit } = summary;
  const all = groups.map((group) => group.values.get(measure.key)!);
  const axis = axisFor(all.flatMap(({ units, images }) => [...units, ...images].map(({ value }) => value)));
  const y = (value: number): number => round(top + plotHeight * (1 - (value - axis.low) / (axis.high - axis.low)));
  const width = left + column * groups.length + 16;
  const height = top + plotHeight + bottom;
  const title = measure.unit === '' ? measure.title : `${measure.title} (${measure.unit})`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" aria-labelledby="${name}-title ${name}-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title id="${name}-title">${markupText(title)}</title>`,
    `<desc id="${name}-desc">${markupText(plotInWords(summary, measure))}</desc>`,
    ...(standalone
      ? [`<style>${plotStyle}</style>`, `<rect class="ground" width="${width}" height="${height}"/>`]
      : []),
    `<text class="name" x="12" y="18">${markupText(title)}</text>`,
    ...axis.ticks.map(
      (tick) =>
        `<line class="grid" x1="${left}" x2="${width - 16}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${left - 8}" y="${y(tick) + 4}">${shownNumber(tick)}</text>`,
    ),
    ...groups.map((group, i) => groupMarks(group, all[i]!, { unit, x: left + column * (i + 0.5), y })),
    '</svg>',
  ].join('\n');
}

interface Column {
  unit: GroupSummary['unit'];
  x: number;
  y(value: number): number;
}

function groupMarks({ condition }: Group, values: GroupValues, { unit, x, y }: Column): string {
  const { units, images, statistics } = values;
  const base = top + plotHeight;
  const dots = (points: readonly { value: number; label: string }[], radius: number, name: string) => {
    const heights = points.map(({ value }) => y(value));
    const offsets = swarmOffsets(heights, 2 * radius, column / 2 - 14);
    return points.map(
      ({ value, label }, i) =>
        `<circle class="${name}" cx="${round(x + offsets[i]!)}" cy="${heights[i]}" r="${radius}"><title>${markupText(`${label}: ${shownNumber(value)}`)}</title></circle>`,
    );
  };
  const behind = unit === 'animal' ? images.map(({ path, value }) => ({ label: path, value })) : [];
  return [
    '<g>',
    ...boxMarks(values, { x, y }),
    ...dots(behind, imageRadius, 'image'),
    ...dots(
      units.map(({ name, value }) => ({ label: name, value })),
      unitRadius,
      'unit',
    ),
    `<text class="condition" x="${x}" y="${base + 20}">${markupText(shortened(condition))}<title>${markupText(condition)}</title></text>`,
    `<text class="count" x="${x}" y="${base + 38}">n = ${statistics.n}</text>`,
    '</g>',
  ].join('');
}

/** The median, and from `fewestOfBox` values on a box from quartile to quartile with Tukey's whiskers. */
function boxMarks({ units, statistics }: GroupValues, { x, y }: Pick<Column, 'x' | 'y'>): string[] {
  const { n, median, q1, q3 } = statistics;
  if (median === undefined || q1 === undefined || q3 === undefined) return [];
  const [from, to] = [x - boxWidth / 2, x + boxWidth / 2];
  const middle = `<line class="median" x1="${from}" x2="${to}" y1="${y(median)}" y2="${y(median)}"/>`;
  if (n < fewestOfBox) return [middle];
  const ends = whiskers(
    units.map(({ value }) => value),
    statistics,
  );
  const [low, high] = ends;
  return [
    `<line class="whisker" x1="${x}" x2="${x}" y1="${y(low)}" y2="${y(q1)}"/><line class="whisker" x1="${x}" x2="${x}" y1="${y(q3)}" y2="${y(high)}"/>`,
    `<rect class="box" x="${from}" y="${y(q3)}" width="${boxWidth}" height="${round(y(q1) - y(q3))}"/>`,
    middle,
  ];
}

/** What a plot shows, for those who do not see it. */
export function plotInWords({ groups, unit }: GroupSummary, { key }: Measure): string {
  const parts = groups.map(({ condition, values }) => {
    const { n, mean, sd, median } = values.get(key)!.statistics;
    if (n === 0) return `${condition}: no value`;
    return `${condition}: median ${shownNumber(median)}, mean ${shownNumber(mean)}, standard deviation ${shownNumber(sd)}, ${n} ${unit}${n === 1 ? '' : 's'}`;
  });
  return `${parts.join('; ')}.`;
}

const shortened = (name: string): string => {
  const characters = [...name];
  return characters.length <= longestName ? name : `${characters.slice(0, longestName - 1).join('')}…`;
};

const round = (value: number): number => Math.round(value * 100) / 100;

/** Names of the plots: numbered, as two measures may differ in nothing that the name of a file can hold. */
export const plotName = ({ key }: Measure, index: number): string =>
  `plot-${String(index + 1).padStart(2, '0')}-${key.replaceAll(/[^\p{L}\p{N}_+-]+/gu, '-').slice(0, longestKey)}`;

import { axisFor } from './axis.ts';
import type { Group, GroupSummary, GroupValues } from './group-summary.ts';
import { markupText, shownNumber } from './markup.ts';
import type { Measure } from './measures.ts';
import type { PlotShapes, Shape } from './plot-shapes.ts';
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
 * Strip and box plot of one measure: a column a condition, a point a unit (animal or image); where animals are the units
 * their images are small points behind them.
 */
export function plotShapes({ groups, unit }: GroupSummary, measure: Measure): PlotShapes {
  const all = groups.map((group) => group.values.get(measure.key)!);
  const axis = axisFor(all.flatMap(({ units, images }) => [...units, ...images].map(({ value }) => value)));
  const y = (value: number): number => round(top + plotHeight * (1 - (value - axis.low) / (axis.high - axis.low)));
  const width = left + column * groups.length + 16;
  const title = measure.unit === '' ? measure.title : `${measure.title} (${measure.unit})`;
  return {
    title,
    width,
    height: top + plotHeight + bottom,
    frame: [
      [{ kind: 'text', mark: 'name', x: 12, y: 18, text: title }],
      ...axis.ticks.map((tick): Shape[] => [
        { kind: 'line', mark: 'grid', x1: left, x2: width - 16, y1: y(tick), y2: y(tick) },
        { kind: 'text', mark: 'tick', x: left - 8, y: y(tick) + 4, text: shownNumber(tick) },
      ]),
    ],
    columns: groups.map((group, i) => groupShapes(group, all[i]!, { unit, x: left + column * (i + 0.5), y })),
  };
}

/** The plot as SVG, and what it shows in words. */
export function stripPlot(summary: GroupSummary, measure: Measure, { name, standalone }: PlotOptions): string {
  const { title, width, height, frame, columns } = plotShapes(summary, measure);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" aria-labelledby="${name}-title ${name}-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title id="${name}-title">${markupText(title)}</title>`,
    `<desc id="${name}-desc">${markupText(plotInWords(summary, measure))}</desc>`,
    ...(standalone
      ? [`<style>${plotStyle}</style>`, `<rect class="ground" width="${width}" height="${height}"/>`]
      : []),
    ...frame.map((row) => row.map(shapeAsSvg).join('')),
    ...columns.map((shapes) => `<g>${shapes.map(shapeAsSvg).join('')}</g>`),
    '</svg>',
  ].join('\n');
}

function shapeAsSvg(shape: Shape): string {
  const shown = 'label' in shape && shape.label !== undefined ? `<title>${markupText(shape.label)}</title>` : '';
  switch (shape.kind) {
    case 'line':
      return `<line class="${shape.mark}" x1="${shape.x1}" x2="${shape.x2}" y1="${shape.y1}" y2="${shape.y2}"/>`;
    case 'box':
      return `<rect class="${shape.mark}" x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}"/>`;
    case 'dot':
      return `<circle class="${shape.mark}" cx="${shape.x}" cy="${shape.y}" r="${shape.radius}">${shown}</circle>`;
    case 'text':
      return `<text class="${shape.mark}" x="${shape.x}" y="${shape.y}">${markupText(shape.text)}${shown}</text>`;
  }
}

interface Column {
  unit: GroupSummary['unit'];
  x: number;
  y(value: number): number;
}

function groupShapes({ condition }: Group, values: GroupValues, { unit, x, y }: Column): Shape[] {
  const { units, images, statistics } = values;
  const base = top + plotHeight;
  const dots = (points: readonly { value: number; label: string }[], radius: number, mark: 'image' | 'unit') => {
    const heights = points.map(({ value }) => y(value));
    const offsets = swarmOffsets(heights, 2 * radius, column / 2 - 14);
    return points.map(({ value, label }, i): Shape => {
      const at = { x: round(x + offsets[i]!), y: heights[i]! };
      return { kind: 'dot', mark, ...at, radius, label: `${label}: ${shownNumber(value)}` };
    });
  };
  const behind = unit === 'animal' ? images.map(({ path, value }) => ({ label: path, value })) : [];
  return [
    ...boxShapes(values, { x, y }),
    ...dots(behind, imageRadius, 'image'),
    ...dots(
      units.map(({ name, value }) => ({ label: name, value })),
      unitRadius,
      'unit',
    ),
    { kind: 'text', mark: 'condition', x, y: base + 20, text: shortened(condition), label: condition },
    { kind: 'text', mark: 'count', x, y: base + 38, text: `n = ${statistics.n}` },
  ];
}

/** The median, and from `fewestOfBox` values on a box from quartile to quartile with Tukey's whiskers. */
function boxShapes({ units, statistics }: GroupValues, { x, y }: Pick<Column, 'x' | 'y'>): Shape[] {
  const { n, median, q1, q3 } = statistics;
  if (median === undefined || q1 === undefined || q3 === undefined) return [];
  const [from, to] = [x - boxWidth / 2, x + boxWidth / 2];
  const middle: Shape = { kind: 'line', mark: 'median', x1: from, x2: to, y1: y(median), y2: y(median) };
  if (n < fewestOfBox) return [middle];
  const ends = whiskers(
    units.map(({ value }) => value),
    statistics,
  );
  const [low, high] = ends;
  const whisker = (y1: number, y2: number): Shape => ({ kind: 'line', mark: 'whisker', x1: x, x2: x, y1, y2 });
  return [
    whisker(y(low), y(q1)),
    whisker(y(q3), y(high)),
    { kind: 'box', mark: 'box', x: from, y: y(q3), width: boxWidth, height: round(y(q1) - y(q3)) },
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

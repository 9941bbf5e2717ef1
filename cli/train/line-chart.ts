import { axisFor } from '../../functions/report/axis.ts';
import { markupText, shownNumber } from '../../functions/report/markup.ts';

/** px of the drawing, which scales. */
const [left, top, width, height] = [56, 30, 360, 200];

export interface Line {
  name: string;
  points: readonly { x: number; y: number }[];
  /** As CSS writes it: dashes tell lines apart without colour. */
  dashes?: string;
}

/** Lines over one axis as SVG with their values in words; the page's style draws it (plot-style.ts). */
export function lineChart(title: string, xTitle: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const [xs, ys] = [points.map(({ x }) => x), axisFor(points.map(({ y }) => y))];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const x = (value: number): number => round(left + (last > first ? (value - first) / (last - first) : 0.5) * width);
  const y = (value: number): number => round(top + height * (1 - (value - ys.low) / (ys.high - ys.low)));
  const words = lines.map(
    ({ name, points: own }) => `${name}: ${own.map((p) => `${shownNumber(p.y)} at ${shownNumber(p.x)}`).join(', ')}`,
  );
  const [right, bottom] = [left + width + 100, top + height + 44];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="plot" role="img" aria-label="${markupText(`${title}. ${words.join('; ')}`)}" viewBox="0 0 ${right} ${bottom}" width="${right}" height="${bottom}">`,
    `<text class="name" x="12" y="16">${markupText(title)}</text>`,
    ...ys.ticks.map(
      (tick) =>
        `<line class="grid" x1="${left}" x2="${left + width}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${left - 8}" y="${y(tick) + 4}">${shownNumber(tick)}</text>`,
    ),
    ...[...new Set(xs)]
      .filter((_, i, all) => i % Math.ceil(all.length / 6) === 0)
      .map((tick) => `<text class="count" x="${x(tick)}" y="${top + height + 18}">${shownNumber(tick)}</text>`),
    `<text class="count" x="${left + width / 2}" y="${bottom - 6}">${markupText(xTitle)}</text>`,
    ...lines.flatMap(({ name, points: own, dashes = 'none' }, i) => {
      const stroke = `fill="none" stroke="var(--point)" stroke-width="2" stroke-dasharray="${dashes}"`;
      const legend = top + 12 + 20 * i;
      return [
        `<polyline points="${own.map((p) => `${x(p.x)},${y(p.y)}`).join(' ')}" ${stroke}/>`,
        `<line x1="${left + width + 12}" x2="${left + width + 40}" y1="${legend}" y2="${legend}" ${stroke}/><text x="${left + width + 46}" y="${legend + 4}">${markupText(name)}</text>`,
      ];
    }),
    '</svg>',
  ].join('\n');
}

const round = (value: number): number => Math.round(value * 10) / 10;

import { inNumbers, inShort } from '../format.ts';
import { strings } from '../strings.ts';
import { histogram, quantile } from './histogram.ts';

const width = 640;
const height = 220;
const margin = { left: 48, right: 12, top: 12, bottom: 28 };

/** Bars at round numbers. The figure is one picture with a text for screen readers; every number is in the table below it. */
export function HistogramChart({
  column,
  values,
  unit,
}: {
  column: string;
  values: readonly number[];
  unit(count: number): string;
}) {
  const bins = histogram(values);
  if (bins.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const most = Math.max(...bins.map(({ count }) => count));
  const [from, to] = [bins[0]!.from, bins.at(-1)!.to];
  const plotWidth = width - margin.left - margin.right;
  const plotHeight = height - margin.top - margin.bottom;
  const barWidth = plotWidth / bins.length;
  const floor = margin.top + plotHeight;
  const title = strings.histogramTitle(column, unit(values.length));
  const text = strings.histogramText(inShort(sorted[0]!), inShort(quantile(sorted, 0.5)), inShort(sorted.at(-1)!));
  return (
    <figure className="histogram">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title}: ${text}`}>
        {bins.map(({ from: start, count }, i) => {
          const bar = (count / most) * plotHeight;
          return (
            <rect
              key={start}
              x={margin.left + i * barWidth + 1}
              y={floor - bar}
              width={Math.max(1, barWidth - 2)}
              height={bar}
            />
          );
        })}
        <line x1={margin.left} x2={width - margin.right} y1={floor} y2={floor} />
        <text x={margin.left - 6} y={margin.top + 10} textAnchor="end">
          {inNumbers(most)}
        </text>
        <text x={margin.left - 6} y={floor} textAnchor="end">
          0
        </text>
        <text x={margin.left} y={height - 8}>
          {inShort(from)}
        </text>
        <text x={width - margin.right} y={height - 8} textAnchor="end">
          {inShort(to)}
        </text>
      </svg>
      <figcaption>
        {title}, {text}
      </figcaption>
    </figure>
  );
}

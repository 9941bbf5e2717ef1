import { type PointerEvent, useMemo, useRef } from 'react';
import { histogram } from '../image/histogram.ts';
import { words } from './words.ts';

const chart = { width: 256, height: 64 };

interface Range {
  from: number;
  to: number;
}

interface FilterChartProps {
  column: string;
  values: readonly number[];
  range: Range;
  onChange(range: Range): void;
}

/** The distribution of a measurement; a drag over it chooses a range. The sliders below do the same for keyboards. */
export function FilterChart({ column, values, range, onChange }: FilterChartProps) {
  const bins = useMemo(() => histogram(values.filter(Number.isFinite)), [values]);
  const start = useRef<number>(undefined);
  if (bins.length === 0) return null;
  const [least, most] = [bins[0]!.from, bins.at(-1)!.to];
  const span = most - least || 1;
  const tallest = Math.max(...bins.map(({ count }) => count));
  const valueAt = (event: PointerEvent<SVGSVGElement>): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return least + span * Math.min(1, Math.max(0, (event.clientX - left) / width));
  };
  const at = (value: number) => (chart.width * (value - least)) / span;
  const drag = (event: PointerEvent<SVGSVGElement>) => {
    if (start.current === undefined) return;
    const value = valueAt(event);
    onChange({ from: Math.min(start.current, value), to: Math.max(start.current, value) });
  };
  return (
    <svg
      className="viewer-chart viewer-brush"
      viewBox={`0 0 ${chart.width} ${chart.height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={words.filterChart(column)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = valueAt(event);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        start.current = undefined;
      }}
    >
      {bins.map(({ from, to, count }) => {
        const bar = (chart.height * count) / tallest;
        const inside = to >= range.from && from <= range.to;
        return (
          <rect
            key={from}
            className={inside ? 'viewer-inside' : undefined}
            x={at(from)}
            y={chart.height - bar}
            width={Math.max(1, at(to) - at(from) - 1)}
            height={bar}
          />
        );
      })}
    </svg>
  );
}

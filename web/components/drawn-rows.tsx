import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { inShort } from '../format.ts';

/** Pixels. */
export const rowHeight = 32;

/** Rows of a table of any length that are on the screen; two high empty ones stand for those above and below. */
export function useDrawnRows(count: number, options: { scrollPaddingEnd?: number } = {}) {
  const box = useRef<HTMLElement>(null);
  const drawn = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    ...options,
  });
  const items = drawn.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = drawn.getTotalSize() - (items.at(-1)?.end ?? 0);
  return { box, drawn, items, above, below };
}

export const Gap = ({ height }: { height: number }) =>
  height > 0 ? (
    <tr style={{ height }}>
      <td />
    </tr>
  ) : null;

/** The file has every digit; on the screen four say enough. */
export const shownNumber = (cell: string): string => (/^-?\d+\.\d/.test(cell) ? inShort(Number(cell)) : cell);

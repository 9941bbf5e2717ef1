import { type Layout, rowBytes } from './layout.ts';
import type { Ranges } from './segments.ts';

/** Strips or tiles of one page, each of which can be read and decoded by itself. */
export interface SegmentGrid {
  layout: Layout;
  ranges: Ranges;
}

/** Bytes of uncompressed rows that are read at once. */
const bandBytes = 1 << 18;

/**
 * Divides tall uncompressed strips into bands of rows, so that a part of a plane needs no more than its own rows: many
 * programs write a whole plane as one strip.
 */
export function dividedStrips({ layout, ranges }: SegmentGrid): SegmentGrid {
  const row = rowBytes(layout);
  const most = Math.max(1, Math.floor(bandBytes / row));
  const { segmentHeight, height, down } = layout;
  if (layout.compression !== 1 || layout.tiled || segmentHeight <= most) return { layout, ranges };
  const rows = down === 1 ? most : largestDivisor(segmentHeight, most);
  const bands = Math.ceil(height / rows);
  const count = layout.planar ? bands * layout.samples : bands;
  const offsets = new Float64Array(count);
  const lengths = new Float64Array(count);
  const perStrip = Math.ceil(segmentHeight / rows);
  for (let i = 0; i < count; i++) {
    const band = i % bands;
    const strip = Math.floor(i / bands) * down + Math.floor(band / perStrip);
    offsets[i] = ranges.offsets[strip]! + (band % perStrip) * rows * row;
    lengths[i] = Math.min(rows, height - band * rows) * row;
  }
  return { layout: { ...layout, segmentHeight: rows, down: bands }, ranges: { offsets, lengths } };
}

function largestDivisor(of: number, most: number): number {
  for (let divisor = most; divisor > 1; divisor--) if (of % divisor === 0) return divisor;
  return 1;
}

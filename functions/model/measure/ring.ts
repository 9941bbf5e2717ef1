import type { PixelRuns } from '../../ports/predictor.ts';
import { runCollector } from './pixel-runs.ts';

/**
 * The ring around each object: background pixels whose distance to the nearest object pixel (Euclidean, between centres) is
 * at most `distance` px; each belongs to the object of that pixel, of several equally near ones the leftmost, of those the
 * uppermost. So rings never enter an object and never overlap; between objects that touch there is none. The same pixels
 * as those that skimage.segmentation.expand_labels(labels, distance) adds.
 *
 * Row by row: the nearest object pixel of each column first, then the lower envelope of parabolas along the row
 * (Felzenszwalb and Huttenlocher 2012). Memory: some rows, and the runs.
 */
export function ringRuns(labels: Uint32Array, height: number, width: number, distance: number): PixelRuns {
  const reach = Math.floor(distance);
  const found = runCollector();
  const above = new Int32Array(width).fill(-height - reach);
  const below = new Int32Array(width).fill(-1); // of row -1: all are looked for in the first row
  const envelope = new RowEnvelope(width, distance);
  const none = 2 * height + reach;
  for (let y = 0; y < height; y++) {
    const base = y * width;
    const last = Math.min(height - 1, y + reach);
    const entering = y + reach < height ? (y + reach) * width : -1;
    let previous = -1; // column of the site before
    for (let x = 0; x < width; x++) {
      if (labels[base + x] !== 0) above[x] = y;
      if (below[x] === none) {
        if (entering >= 0 && labels[entering + x] !== 0) below[x] = y + reach;
      } else if (below[x]! < y) {
        let row = y;
        while (row <= last && labels[row * width + x] === 0) row++;
        below[x] = row <= last ? row : none;
      }
      const up = y - above[x]!;
      const down = below[x]! - y;
      const near = Math.min(up, down);
      if (near > reach) continue;
      if (previous >= 0 && x - previous > 2 * reach) envelope.flush(labels, base, found);
      envelope.add(x, up <= down ? above[x]! : below[x]!, near);
      previous = x;
    }
    envelope.flush(labels, base, found);
  }
  return found.runs();
}

/** The largest whole square whose root is within the distance. */
function largestSquare(distance: number): number {
  let square = Math.floor(distance * distance) + 1;
  while (Math.sqrt(square) > distance) square--;
  return square;
}

type Found = ReturnType<typeof runCollector>;

/** Nearest object pixels of columns, and for each stretch of a row which of them is the nearest. */
class RowEnvelope {
  readonly #width: number;
  readonly #reach: number;
  readonly #furthest: number;
  readonly #column: Int32Array;
  readonly #row: Int32Array;
  readonly #square: Float64Array;
  /** Each is the nearest of columns greater than `from`, up to the next one's. */
  readonly #from: Float64Array;
  #top = -1;
  #firstColumn = 0;
  #lastColumn = 0;

  constructor(width: number, distance: number) {
    this.#width = width;
    this.#reach = Math.floor(distance);
    this.#furthest = largestSquare(distance);
    this.#column = new Int32Array(width);
    this.#row = new Int32Array(width);
    this.#square = new Float64Array(width);
    this.#from = new Float64Array(width);
  }

  /** The nearest object pixel of column `x` lies in `row`, `dy` rows away. Columns come from left to right. */
  add(x: number, row: number, dy: number): void {
    const square = dy * dy;
    if (this.#top < 0) this.#firstColumn = x;
    this.#lastColumn = x;
    let meets = -Infinity;
    for (; this.#top >= 0; this.#top--) {
      const other = this.#column[this.#top]!;
      meets = (square + x * x - this.#square[this.#top]! - other * other) / (2 * (x - other));
      if (meets > this.#from[this.#top]!) break;
    }
    this.#top++;
    this.#column[this.#top] = x;
    this.#row[this.#top] = row;
    this.#square[this.#top] = square;
    this.#from[this.#top] = this.#top === 0 ? -Infinity : meets;
  }

  /** Adds the background pixels within the distance of the columns since the last flush to their objects' runs. */
  flush(labels: Uint32Array, base: number, found: Found): void {
    if (this.#top < 0) return;
    const [column, row, square, from] = [this.#column, this.#row, this.#square, this.#from];
    const [width, reach, furthest] = [this.#width, this.#reach, this.#furthest];
    const last = Math.min(width - 1, this.#lastColumn + reach);
    let [begun, owner] = [0, 0]; // the run that grows, of the object with this label
    for (let x = Math.max(0, this.#firstColumn - reach), k = 0; x <= last; x++) {
      let label = 0;
      if (labels[base + x] === 0) {
        while (k < this.#top && from[k + 1]! < x) k++;
        const dx = x - column[k]!;
        if (dx * dx + square[k]! <= furthest) label = labels[row[k]! * width + column[k]!]!;
      }
      if (label === owner) continue;
      if (owner > 0) found.add(begun, base + x, owner - 1);
      [begun, owner] = [base + x, label];
    }
    if (owner > 0) found.add(begun, base + last + 1, owner - 1);
    this.#top = -1;
  }
}

import { boxesOf } from './boxes.ts';

/**
 * Fills every hole of each object, in order of labels: what the object encloses is its own from then on, other objects
 * too, as cellpose does (utils.fill_holes_and_remove_small_masks). A hole is 4-connected.
 */
export function fillObjects(labels: Uint32Array, width: number, count: number): void {
  const boxes = boxesOf(labels, width, count);
  for (let k = 1; k <= count; k++) {
    const [top, left] = [boxes.top[k]!, boxes.left[k]!];
    const rows = boxes.bottom[k]! - top;
    const columns = boxes.right[k]! - left;
    if (rows < 3 || columns < 3 || boxes.area[k] === rows * columns) continue;
    fillObject(labels, width, { k, top, left, rows, columns });
  }
}

interface Box {
  k: number;
  top: number;
  left: number;
  rows: number;
  columns: number;
}

function fillObject(labels: Uint32Array, width: number, { k, top, left, rows, columns }: Box): void {
  const outside = new Uint8Array(rows * columns);
  const stack: number[] = [];
  const visit = (y: number, x: number): void => {
    if (y < 0 || y === rows || x < 0 || x === columns) return;
    const at = y * columns + x;
    if (outside[at] === 1 || labels[(top + y) * width + left + x] === k) return;
    outside[at] = 1;
    stack.push(at);
  };
  for (let x = 0; x < columns; x++) for (const y of [0, rows - 1]) visit(y, x);
  for (let y = 1; y < rows - 1; y++) for (const x of [0, columns - 1]) visit(y, x);
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const y = Math.floor(at / columns);
    const x = at - y * columns;
    visit(y - 1, x);
    visit(y + 1, x);
    visit(y, x - 1);
    visit(y, x + 1);
  }
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) if (outside[y * columns + x] === 0) labels[(top + y) * width + left + x] = k;
}

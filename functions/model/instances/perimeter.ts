/** Weight of a border pixel by 1 + 2 x its direct + 10 x its diagonal border neighbours (Benkrid and Crookes), as in skimage.measure.perimeter. */
const weights = new Float64Array(50);
for (const code of [5, 7, 15, 17, 25, 27]) weights[code] = 1;
for (const code of [21, 33]) weights[code] = Math.SQRT2;
for (const code of [13, 23]) weights[code] = (1 + Math.SQRT2) / 2;

/**
 * Perimeter of each object in pixels: the length of the line through the centres of its border pixels, those with a
 * direct neighbour outside the object. Beyond the plane's edge is outside.
 */
export function perimeters(labels: Uint32Array, count: number, height: number, width: number): Float64Array {
  const out = new Float64Array(count);
  // Rows of border pixels, holding their labels, with a margin at both ends: above, at and below the current row.
  let above = new Uint32Array(width + 2);
  let own = new Uint32Array(width + 2);
  let below = new Uint32Array(width + 2);
  borderRow(labels, 0, height, width, own);
  for (let y = 0; y < height; y++) {
    if (y + 1 < height) borderRow(labels, y + 1, height, width, below);
    else below.fill(0);
    for (let x = 1; x <= width; x++) {
      const label = own[x]!;
      if (label === 0) continue;
      let code = 1;
      if (above[x] === label) code += 2;
      if (below[x] === label) code += 2;
      if (own[x - 1] === label) code += 2;
      if (own[x + 1] === label) code += 2;
      if (above[x - 1] === label) code += 10;
      if (above[x + 1] === label) code += 10;
      if (below[x - 1] === label) code += 10;
      if (below[x + 1] === label) code += 10;
      out[label - 1]! += weights[code]!;
    }
    [above, own, below] = [own, below, above];
  }
  return out;
}

function borderRow(labels: Uint32Array, y: number, height: number, width: number, out: Uint32Array): void {
  const base = y * width;
  for (let x = 0; x < width; x++) {
    const i = base + x;
    const label = labels[i]!;
    const inner =
      label === 0 ||
      (x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        labels[i - 1] === label &&
        labels[i + 1] === label &&
        labels[i - width] === label &&
        labels[i + width] === label);
    out[x + 1] = inner ? 0 : label;
  }
}

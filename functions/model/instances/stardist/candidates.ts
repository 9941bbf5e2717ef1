/** Maps of a StarDist network for one plane: rows x columns samples, one sample a `grid` pixels of the plane. */
export interface StarMaps {
  height: number;
  width: number;
  grid: number;
  probability: Float32Array;
  /** Distance to the outline along each ray, pixels of the plane. */
  rays: readonly Float32Array[];
}

/** Star-convex polygons by falling probability. */
export interface Candidates {
  count: number;
  /** Number of rays. */
  corners: number;
  /** Row and column of each middle, pixels of the plane. */
  y: Float64Array;
  x: Float64Array;
  /** `corners` a candidate. */
  distance: Float32Array;
}

/** Cells of the network's own grid at each edge of the plane whose candidates are left out (StarDist's `b`). */
const edgeCells = 2;
/** Distances below count as this (stardist.models.base). */
const leastDistance = 1e-3;

/**
 * Samples of a probability above the threshold, away from the plane's edges. `own`: pixels of the plane from one cell of
 * the network's grid to the next, more than `grid` where an export enlarged the maps; then only the cells' own samples
 * count. Of equal probabilities the later in raster order comes first, as in a reversed stable sort.
 */
export function findCandidates(maps: StarMaps, threshold: number, own: number): Candidates {
  const { height, width, grid, probability, rays } = maps;
  const every = Math.max(1, own / grid);
  const edge = edgeCells * every;
  const at: number[] = [];
  for (let row = edge; row < height - edge; row += every)
    for (let i = row * width + edge; i < (row + 1) * width - edge; i += every)
      if (probability[i]! > threshold) at.push(i);
  const order = Uint32Array.from(at).reverse();
  order.sort((a, b) => probability[b]! - probability[a]! || b - a);
  const corners = rays.length;
  const distance = new Float32Array(order.length * corners);
  rays.forEach((ray, k) => {
    for (let i = 0; i < order.length; i++) {
      const value = ray[order[i]!]!;
      distance[i * corners + k] = Math.max(value, leastDistance);
    }
  });
  return {
    count: order.length,
    corners,
    y: Float64Array.from(order, (i) => Math.floor(i / width) * grid),
    x: Float64Array.from(order, (i) => (i % width) * grid),
    distance,
  };
}

import { type Labels, renumber } from '../label.ts';
import { findCandidates, type StarMaps } from './candidates.ts';
import { paintPolygons } from './paint.ts';
import { suppress } from './suppress.ts';

/** See package/settings.ts. */
export interface StardistOptions {
  threshold: number;
  overlap: number;
  minArea: number;
  /** Pixels of the plane from one cell of the network's grid to the next. */
  cell: number;
}

/** `factor`: pixels that the network got, over those of the plane. */
export interface StardistPlane {
  height: number;
  width: number;
  factor: number;
}

/**
 * Objects from the probabilities and ray distances of a StarDist network: one star-convex polygon for each candidate that
 * no better one overlaps too much. Equal to the labels of stardist 0.9 (non_maximum_suppression and polygons_to_label) but
 * for the numbering; where the network saw a resampled plane, polygons are scaled before they are painted, as by its `scale`.
 */
export function stardistObjects(maps: StarMaps, plane: StardistPlane, options: StardistOptions): Labels {
  const candidates = findCandidates(maps, options.threshold, options.cell);
  const kept = suppress(candidates, options.overlap);
  const labels = new Uint32Array(new SharedArrayBuffer(4 * plane.height * plane.width));
  paintPolygons(candidates, kept, { labels, width: plane.width, factor: plane.factor });
  return renumber({ labels, groups: kept.length + 1 }, options.minArea);
}

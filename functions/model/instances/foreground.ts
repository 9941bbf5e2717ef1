import { mapRoles } from '../package/maps.ts';
import type { WatershedSettings } from '../package/settings.ts';
import { flood, type StayApart } from './flood.ts';
import { givenLabels } from './given-labels.ts';
import { distanceHeights, mapHeights, type RowReader } from './heights.ts';
import { faintGroups, fillObjectHoles, type Labels, paintBasins, paintComponents, renumber } from './label.ts';
import { fillHoles, type Runs, runsAbove } from './runs.ts';

/** Steps in which the flood takes heights: of maps, and of distances in pixels. */
const mapQuantum = 1 / 1024;
const distanceQuantum = 1 / 64;

/** Of `minRise`, where settings give neither that nor `seedThreshold`. Measured on the real nuclei of ../shared/data with two models: 0.05 to 0.2 score alike. */
const usualRise = 0.1;

/** Maps of one plane, rows x columns each. */
export interface ForegroundMaps {
  names: readonly string[];
  data: readonly Float32Array[];
  height: number;
  width: number;
}

/** Threshold, split what touches, fill holes, drop what is small (settings.ts). */
export function foregroundInstances(maps: ForegroundMaps, settings: WatershedSettings): Labels {
  const { height, width } = maps;
  const roles = mapRoles(maps.names, settings);
  const foreground = maps.data[roles.foreground]!;
  if (settings.method === 'labels') return givenLabels(foreground, settings.minArea);
  const above = runsAbove(foreground, height, width, settings.threshold);
  const maxHole = settings.maxHole ?? Number.POSITIVE_INFINITY;
  if (settings.method === 'threshold') return finish(above, paintComponents(above), foreground, settings);

  const given = givenHeight(maps, foreground, roles);
  const mask = given ? above : fillHoles(above, maxHole); // a hole would part the distances around it
  const heights = given ? mapHeights(mask, given, settings.sigma) : distanceHeights(mask, foreground, settings.sigma);
  const quantum = given ? mapQuantum : distanceQuantum;
  const basins = flood(heights, mask, quantum, apart(settings));
  const painted = paintBasins(mask, basins);
  heights.data.buffer.transfer(0); // freed now, not at the next garbage collection
  return finish(mask, painted, foreground, settings);
}

const finish = (
  mask: Runs,
  painted: ReturnType<typeof paintBasins>,
  foreground: Float32Array,
  { minArea, minForeground, maxHole = Number.POSITIVE_INFINITY }: WatershedSettings,
): Labels => {
  fillObjectHoles(mask, painted, maxHole);
  const faint = minForeground !== undefined && faintGroups(painted, foreground, minForeground);
  return renumber(painted, minArea, faint || undefined);
};

/** The height that the model's maps give: the distance map, else foreground less boundary. */
function givenHeight(
  { data, width }: ForegroundMaps,
  foreground: Float32Array,
  { distance, boundary }: ReturnType<typeof mapRoles>,
): RowReader | undefined {
  if (distance !== undefined) {
    const map = data[distance]!;
    return (y, out) => out.set(map.subarray(y * width, (y + 1) * width));
  }
  if (boundary === undefined) return undefined;
  const map = data[boundary]!;
  return (y, out) => {
    for (let x = 0, i = y * width; x < width; x++, i++) out[x] = foreground[i]! - map[i]!;
  };
}

function apart({ minRise, seedThreshold }: WatershedSettings): StayApart {
  if (minRise === undefined && seedThreshold !== undefined)
    return (peak, pass) => peak >= seedThreshold && pass < seedThreshold;
  const rise = minRise ?? usualRise;
  return (peak, pass) => peak - pass >= rise;
}

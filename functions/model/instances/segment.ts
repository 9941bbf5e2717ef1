import { drawPreview } from '../../image/preview.ts';
import type { Maps, PixelRuns, Regions, Segmentation, SegmentOptions } from '../../ports/predictor.ts';
import type { SharedPlane } from '../engine/pixels.ts';
import { objectRuns } from '../measure/pixel-runs.ts';
import { ringRuns } from '../measure/ring.ts';
import type { InstanceSettings } from '../package/settings.ts';
import { classesOf } from './classes.ts';
import { findInstances } from './instances.ts';
import type { Labels } from './label.ts';
import { measure } from './measure.ts';

/** What the worker is asked for one plane. */
export interface SegmentRequest extends SegmentOptions {
  plane: SharedPlane;
  maps: Pick<Maps, 'names' | 'data' | 'grid' | 'reducedBy'>;
}

/** Objects of one plane, measured and drawn. */
export async function segmentPlane(
  { plane, maps, pixelSize, preview, regions }: SegmentRequest,
  settings: InstanceSettings,
): Promise<Segmentation> {
  const { height, width } = plane;
  const { labels, count } = findInstances({ ...maps, height, width }, settings);
  const runs = objectRuns(labels, height, width);
  const classMaps = ('classes' in settings ? settings.classes : undefined)?.map((name) => ({
    name,
    data: maps.data[maps.names.indexOf(name)]!,
  }));
  return {
    count,
    labels,
    measurements: measure(plane, { labels, count, runs }, pixelSize),
    preview: preview ? await drawPreview(plane, labels) : new Uint8Array(0),
    ...(classMaps && { classes: classesOf(runs, count, classMaps) }),
    ...(regions && { regions: regionsOf(plane, { labels, count, runs }, regions.ring) }),
  };
}

const regionsOf = (
  { height, width }: SharedPlane,
  { labels, count, runs }: Labels & { runs: PixelRuns },
  ring: number | undefined,
): Regions => ({
  count,
  objects: runs,
  ...(ring !== undefined && { rings: ringRuns(labels, height, width, ring) }),
});

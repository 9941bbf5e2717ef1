import { drawPreview } from '../../image/preview.ts';
import type { Regions, Segmentation, SegmentOptions } from '../../ports/predictor.ts';
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
  maps: { names: string[]; data: Float32Array[] };
}

/** Objects of one plane, measured and drawn. */
export async function segmentPlane(
  { plane, maps, pixelSize, preview, regions }: SegmentRequest,
  settings: InstanceSettings,
): Promise<Segmentation> {
  const { height, width } = plane;
  const { labels, count } = findInstances({ ...maps, height, width }, settings);
  const classMaps = settings.classes?.map((name) => ({ name, data: maps.data[maps.names.indexOf(name)]! }));
  return {
    count,
    labels,
    measurements: measure(plane, labels, count, pixelSize),
    preview: preview ? await drawPreview(plane, labels) : new Uint8Array(0),
    ...(classMaps && { classes: classesOf(objectRuns(labels, height, width), count, classMaps) }),
    ...(regions && { regions: regionsOf(plane, { labels, count }, regions.ring) }),
  };
}

const regionsOf = ({ height, width }: SharedPlane, { labels, count }: Labels, ring: number | undefined): Regions => ({
  count,
  objects: objectRuns(labels, height, width),
  ...(ring !== undefined && { rings: ringRuns(labels, height, width, ring) }),
});

import { drawPreview } from '../../image/preview.ts';
import type { Maps, PixelRuns, Regions, Segmentation, SegmentOptions } from '../../ports/predictor.ts';
import type { SharedPlane } from '../engine/pixels.ts';
import { objectRuns } from '../measure/pixel-runs.ts';
import { ringRuns } from '../measure/ring.ts';
import type { InstanceSettings } from '../package/settings.ts';
import { chosenSettings } from './chosen-settings.ts';
import { classesOf } from './classes.ts';
import { givenLabels } from './given-labels.ts';
import { findInstances } from './instances.ts';
import type { Labels } from './label.ts';
import { measure } from './measure.ts';

/** What the worker is asked for one plane. */
export interface SegmentRequest extends SegmentOptions {
  plane: SharedPlane;
  maps: Pick<Maps, 'names' | 'data' | 'grid' | 'width'>;
}

/** Objects of one plane, measured and drawn. */
export async function segmentPlane(
  { plane, maps, pixelSize, preview, factor, objects, given, regions, samples }: SegmentRequest,
  settings: InstanceSettings,
): Promise<Segmentation> {
  const { height, width } = plane;
  const own = chosenSettings(atScale(settings, factor), objects);
  const { width: columns, ...rest } = maps;
  const { labels, count } = given
    ? givenLabels(maps.data[0]!, 1)
    : findInstances({ ...rest, height, width, columns, ...(factor && { factor }) }, own);
  const runs = objectRuns(labels, height, width);
  const classMaps = (given || !('classes' in settings) ? undefined : settings.classes)?.map((name) => ({
    name,
    data: maps.data[maps.names.indexOf(name)]!,
  }));
  const measured = measure(plane, { labels, count, runs }, pixelSize);
  return {
    count,
    labels,
    measurements: measured.measurements,
    preview: preview ? await drawPreview(plane, labels) : new Uint8Array(0),
    ...(classMaps && { classes: classesOf(runs, count, classMaps) }),
    ...(regions && { regions: regionsOf(plane, { labels, count, runs }, regions.ring) }),
    ...(samples && { samples: measured.samples }),
  };
}

/** Largest smoothing, px: wider kernels take longer than the model. */
const mostSigma = 16;

/**
 * Settings for maps of a plane that was resampled: smoothing, and steps along flows, are in pixels that the model got.
 * Objects of enlarged planes are small, so that the fewest pixels of one are in proportion to the factor.
 */
export function atScale<S extends InstanceSettings>(settings: S, factor = 1): S {
  if (factor === 1) return settings;
  return {
    ...settings,
    ...('sigma' in settings && { sigma: Math.min(mostSigma, settings.sigma * factor) }),
    ...('steps' in settings && { steps: Math.max(1, Math.round(settings.steps * factor)) }),
    minArea: Math.round(settings.minArea * Math.min(1, factor)),
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

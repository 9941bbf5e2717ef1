import type { PixelSize } from '../../image/image.ts';
import { drawPreview } from '../../image/preview.ts';
import type { Segmentation } from '../../ports/predictor.ts';
import type { SharedPlane } from '../engine/pixels.ts';
import type { InstanceSettings } from '../package/settings.ts';
import { findInstances } from './instances.ts';
import { measure } from './measure.ts';

/** What the worker is asked for one plane. */
export interface SegmentRequest {
  plane: SharedPlane;
  maps: { names: string[]; data: Float32Array[] };
  pixelSize?: PixelSize;
  preview: boolean;
}

/** Objects of one plane, measured and drawn. */
export async function segmentPlane(
  { plane, maps, pixelSize, preview }: SegmentRequest,
  settings: InstanceSettings,
): Promise<Segmentation> {
  const { height, width } = plane;
  const { labels, count } = findInstances({ ...maps, height, width }, settings);
  return {
    count,
    labels,
    measurements: measure(plane, labels, count, pixelSize),
    preview: preview ? await drawPreview(plane, labels) : new Uint8Array(0),
  };
}

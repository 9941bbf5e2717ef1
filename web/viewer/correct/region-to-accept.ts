import type { AcceptedRegion } from '../../../functions/core/edits.ts';
import type { Scene } from '../scene.ts';
import type { TileLayer } from '../tile-layer.ts';
import { toImage } from '../viewport.ts';

/** The whole picture, or the part of it that is in view, in whole pixels; undefined before it is shown. */
export function regionToAccept(
  { whole }: { whole?: true },
  scene: Scene | undefined,
  labelLayer: TileLayer | undefined,
): AcceptedRegion | undefined {
  if (labelLayer === undefined) return undefined;
  const { width, height } = labelLayer.opened.info;
  if (whole) return { left: 0, top: 0, width, height };
  return scene && visibleRegion(scene, { width, height });
}

function visibleRegion(scene: Scene, image: { width: number; height: number }): AcceptedRegion {
  const viewport = scene.viewport();
  const from = toImage(viewport, { x: 0, y: 0 });
  const to = toImage(viewport, { x: viewport.width, y: viewport.height });
  const [left, top] = [Math.max(0, Math.floor(from.x)), Math.max(0, Math.floor(from.y))];
  const [right, bottom] = [Math.min(image.width, Math.ceil(to.x)), Math.min(image.height, Math.ceil(to.y))];
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

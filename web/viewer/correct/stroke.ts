import type { Overlay, Scene } from '../scene.ts';
import { type Point, toCanvas, type Viewport } from '../viewport.ts';

const colour = 'rgb(0 255 255)';
/** Of lines that have no width of their own, CSS pixels. */
const lineWidth = 2;

/** What is drawn now: over the labels until these have it. */
export interface Stroke {
  points: Point[];
  /** px of the image; absent: a line. */
  radius?: number | undefined;
  closed?: boolean | undefined;
}

/** Draws a stroke as it will be: a brush as wide as it is. */
function strokeOverlay(stroke: () => Stroke | undefined): Overlay {
  return (context, viewport, ratio) => {
    const now = stroke();
    if (now === undefined || now.points.length === 0) return;
    const { points, radius, closed = false } = now;
    context.save();
    context.strokeStyle = colour;
    context.fillStyle = colour;
    context.lineJoin = 'round';
    context.lineCap = 'round';
    context.globalAlpha = radius === undefined ? 1 : 0.5;
    context.lineWidth = radius === undefined ? lineWidth * ratio : 2 * radius * viewport.scale * ratio;
    context.beginPath();
    for (const [i, point] of points.entries()) {
      const { x, y } = onCanvas(viewport, point, ratio);
      if (i === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
    if (points.length === 1) {
      const { x, y } = onCanvas(viewport, points[0]!, ratio);
      context.lineTo(x + 0.01, y);
    }
    if (closed) context.closePath();
    context.stroke();
    context.restore();
  };
}

function onCanvas(viewport: Viewport, point: Point, ratio: number): Point {
  const { x, y } = toCanvas(viewport, point);
  return { x: x * ratio, y: y * ratio };
}

/** Shows a stroke at once, and until `until` is done and the labels under it are drawn. */
export function showStroke(scene: Scene, stroke: () => Stroke | undefined, isDrawn: () => boolean): void {
  const draw = strokeOverlay(stroke);
  const overlay: Overlay = (context, viewport, ratio) => {
    if (isDrawn()) scene.setOverlay(undefined);
    else draw(context, viewport, ratio);
  };
  scene.setOverlay(overlay);
}

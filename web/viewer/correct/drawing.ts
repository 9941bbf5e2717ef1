import type { PlaneChoice } from '../messages.ts';
import type { Drawing } from '../pointer-drawing.ts';
import type { Scene } from '../scene.ts';
import type { TileLayer } from '../tile-layer.ts';
import type { Channel } from '../use-channels.ts';
import type { Objects } from '../use-objects.ts';
import type { Point } from '../viewport.ts';
import type { Gesture } from './gestures.ts';
import { type Stroke, showStroke } from './stroke.ts';
import type { Tool } from './tools.ts';

/** What tools work with: the image as it is shown. */
export interface Shown {
  layer: TileLayer;
  labelLayer: TileLayer | undefined;
  plane: PlaneChoice;
  channels: readonly Channel[];
  objects: Objects;
  scene: Scene | undefined;
  /** The model's map is there. */
  hasMap: boolean;
}

interface Done {
  act(gesture: Gesture): Promise<void>;
  /** A click that is to add an object. */
  propose(point: Point): Promise<void>;
}

/** Turns what is drawn into a gesture. The stroke is over the picture at once, until the labels have it. */
export function drawingOf(now: () => Shown & { tool: Tool; radius: number }, { act, propose }: Done): Drawing {
  let stroke: Stroke | undefined;
  const finish = async (points: Point[]): Promise<void> => {
    if (now().tool === 'click') return propose(points.at(-1)!);
    const gesture = gestureOf(points, now());
    if (gesture !== undefined) await act(gesture);
  };
  return {
    begin(point) {
      const { scene, labelLayer, tool, radius } = now();
      const own: Stroke = {
        points: [point],
        radius: tool === 'brush' || tool === 'eraser' ? radius : undefined,
        closed: tool === 'lasso',
      };
      stroke = own;
      if (scene !== undefined && tool !== 'click')
        showStroke(
          scene,
          () => own,
          () => stroke !== own && labelLayer?.state().kind !== 'loading',
        );
    },
    add(points) {
      stroke?.points.push(...points);
      now().scene?.redraw();
    },
    end() {
      const ended = stroke;
      if (ended === undefined) return;
      void finish(ended.points).finally(() => {
        if (stroke === ended) stroke = undefined;
        now().scene?.redraw();
      });
    },
    cancel() {
      stroke = undefined;
      now().scene?.redraw();
    },
  };
}

function gestureOf(
  points: Point[],
  { tool, radius, objects: { selected: object } }: ReturnType<Parameters<typeof drawingOf>[0]>,
): Gesture | undefined {
  const point = points.at(-1)!;
  switch (tool) {
    case 'brush':
    case 'eraser':
      return { tool, points, radius, object };
    case 'lasso':
    case 'split':
    case 'merge':
      return { tool, points, object };
    case 'fill':
      return { tool, point, object };
    case 'delete':
      return { tool, point, object: 0 };
    default:
      return undefined;
  }
}

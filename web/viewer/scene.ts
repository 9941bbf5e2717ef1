import type { TileLayer } from './tile-layer.ts';
import { fitted, resized, type Size, type Viewport } from './viewport.ts';

/** Pictures one over the other: where they are, and how much they hide. */
export interface SceneLayer {
  layer: TileLayer;
  /** 0 to 1. */
  opacity: number;
}

/** A picture of the whole image that is there before its pixels. */
export interface Backdrop {
  picture: HTMLImageElement;
  /** Pixels of the image that it covers. */
  covers: Size;
}

export type Overlay = (context: CanvasRenderingContext2D, viewport: Viewport, ratio: number) => void;

export interface Scene {
  viewport(): Viewport;
  move(next: Viewport): void;
  setLayers(layers: readonly SceneLayer[]): void;
  setBackdrop(backdrop: Backdrop | undefined): void;
  /** Drawn over all layers: strokes that are not in the labels yet, and the brush. `ratio`: pixels of the canvas for one of CSS. */
  setOverlay(overlay: Overlay | undefined): void;
  /** Draws with the next frame; several calls before that are one. */
  redraw(): void;
  close(): void;
}

/** Draws layers on a canvas, once a frame at most and only when something changed. `onFrame`: after each. */
export function openScene(canvas: HTMLCanvasElement, image: Size, onFrame: (viewport: Viewport) => void): Scene {
  const context = canvas.getContext('2d', { alpha: false })!;
  let viewport = fitted(image, { width: canvas.clientWidth || 1, height: canvas.clientHeight || 1 });
  let touched = false;
  let layers: readonly SceneLayer[] = [];
  let backdrop: Backdrop | undefined;
  let overlay: Overlay | undefined;
  let frame = 0;

  const draw = () => {
    frame = 0;
    const ratio = window.devicePixelRatio;
    const [width, height] = [Math.round(viewport.width * ratio), Math.round(viewport.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.globalAlpha = 1;
    context.fillStyle = '#000';
    context.fillRect(0, 0, width, height);
    if (backdrop !== undefined && layers[0]?.layer.covers(viewport, ratio) !== true)
      drawBackdrop(context, backdrop, viewport, ratio);
    for (const { layer, opacity } of layers) {
      layer.update(viewport, ratio);
      context.globalAlpha = opacity;
      layer.draw(context, viewport, ratio);
    }
    context.globalAlpha = 1;
    overlay?.(context, viewport, ratio);
    onFrame(viewport);
  };
  const redraw = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const observer = new ResizeObserver(() => {
    const size = { width: canvas.clientWidth || 1, height: canvas.clientHeight || 1 };
    viewport = touched ? resized(viewport, size) : fitted(image, size);
    redraw();
  });
  observer.observe(canvas);
  redraw();

  return {
    viewport: () => viewport,
    move(next) {
      viewport = next;
      touched = true;
      redraw();
    },
    setLayers(next) {
      layers = next;
      redraw();
    },
    setBackdrop(next) {
      backdrop = next;
      redraw();
    },
    setOverlay(next) {
      overlay = next;
      redraw();
    },
    redraw,
    close() {
      cancelAnimationFrame(frame);
      observer.disconnect();
    },
  };
}

function drawBackdrop(
  context: CanvasRenderingContext2D,
  { picture, covers }: Backdrop,
  { x, y, scale, width, height }: Viewport,
  ratio: number,
): void {
  context.imageSmoothingEnabled = true;
  context.drawImage(
    picture,
    (-x * scale + width / 2) * ratio,
    (-y * scale + height / 2) * ratio,
    covers.width * scale * ratio,
    covers.height * scale * ratio,
  );
}

import { type KeyboardEvent, type PointerEvent, useEffect, useId, useRef } from 'react';
import type { Drawing } from './pointer-drawing.ts';
import { openScene, type Scene } from './scene.ts';
import { type Point, panned, type Size, toImage, type Viewport, zoomed } from './viewport.ts';
import { words } from './words.ts';

interface ImageViewProps {
  name: string;
  image: Size;
  onScene(scene: Scene | undefined): void;
  /** After each drawing. */
  onFrame(viewport: Viewport): void;
  /** The mouse is over this point of the image; undefined: over none. */
  onHover(point: Point | undefined): void;
  onPick(point: Point): void;
  /** What a drag draws; absent: it moves the picture, as it does with Shift. */
  drawing?: Drawing | undefined;
  /** Keys do something in its middle, which is marked. */
  hasPen: boolean;
  onKeyDown(event: KeyboardEvent): void;
}

/** A press that moves less than this is a click. */
const clickPixels = 4;
/** Wheel movement that doubles the size. */
const doublingPixels = 240;
const pixelsOfLine = 16;

/** The picture: a drag moves it, wheel and pinch zoom, a click chooses. */
export function ImageView({ name, image, onScene, onFrame, onHover, onPick, onKeyDown, ...pen }: ImageViewProps) {
  const { drawing, hasPen } = pen;
  const keys = useId(); // two pictures can be beside each other
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const scene = useRef<Scene>(undefined);
  const handlers = useRef({ onScene, onFrame });
  handlers.current = { onScene, onFrame };
  const { width, height } = image;

  useEffect(() => {
    const size = { width, height };
    const own = openScene(canvas.current!, size, (viewport) => handlers.current.onFrame(viewport));
    scene.current = own;
    handlers.current.onScene(own);
    const element = box.current!;
    element.tabIndex = 0; // its keys must be reached
    const wheel = (event: WheelEvent) => {
      event.preventDefault(); // the page must not scroll away under the picture
      const pixels = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? pixelsOfLine : 1);
      own.move(zoomed(own.viewport(), 2 ** (-pixels / doublingPixels), inCanvas(element, event), size));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => {
      element.removeEventListener('wheel', wheel);
      handlers.current.onScene(undefined);
      own.close();
    };
  }, [width, height]);

  const pointers = usePointers(scene, image, { onPick, drawing });
  return (
    <div
      ref={box}
      className="viewer-picture"
      role="application"
      aria-label={words.region(name)}
      aria-describedby={keys}
      onKeyDown={onKeyDown}
      {...pointers}
      data-pen={hasPen || undefined}
      onPointerMove={(event) => {
        pointers.onPointerMove(event);
        if (scene.current !== undefined)
          onHover(toImage(scene.current.viewport(), inCanvas(event.currentTarget, event)));
      }}
      onPointerLeave={() => onHover(undefined)}
    >
      <canvas ref={canvas} />
      <span id={keys} className="viewer-hidden">
        {words.regionHelp}
      </span>
    </div>
  );
}

function inCanvas(element: Element, event: { clientX: number; clientY: number }): Point {
  const { left, top } = element.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}

/** One pointer drags or clicks, two pinch. */
function usePointers(
  scene: { current: Scene | undefined },
  image: Size,
  { onPick, drawing }: Pick<ImageViewProps, 'onPick' | 'drawing'>,
) {
  const down = useRef(new Map<number, Point>());
  const travelled = useRef(0);
  const drawn = useRef<{ pointer: number; drawing: Drawing }>(undefined);
  const pointsOf = (event: PointerEvent<HTMLElement>): Point[] => {
    const all = event.nativeEvent.getCoalescedEvents?.() ?? [];
    const element = event.currentTarget;
    return (all.length > 0 ? all : [event]).map((each) => toImage(scene.current!.viewport(), inCanvas(element, each)));
  };
  const stopDrawing = (how: 'end' | 'cancel') => {
    drawn.current?.drawing[how]();
    drawn.current = undefined;
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    if (drawn.current !== undefined)
      stopDrawing('cancel'); // a second finger: both pinch
    else if (drawing !== undefined && !event.shiftKey && down.current.size === 0 && scene.current !== undefined) {
      drawn.current = { pointer: event.pointerId, drawing };
      drawing.begin(pointsOf(event)[0]!);
    }
    if (down.current.size === 0) travelled.current = 0;
    down.current.set(event.pointerId, inCanvas(event.currentTarget, event));
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = down.current.get(event.pointerId);
    const own = scene.current;
    if (before === undefined || own === undefined) return;
    const now = inCanvas(event.currentTarget, event);
    if (drawn.current !== undefined) {
      down.current.set(event.pointerId, now);
      return drawn.current.drawing.add(pointsOf(event));
    }
    const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
    down.current.set(event.pointerId, now);
    travelled.current += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    const share = other === undefined ? 1 : 0.5;
    const by = { x: (now.x - before.x) * share, y: (now.y - before.y) * share };
    const moved = panned(own.viewport(), by, image);
    if (other === undefined) return own.move(moved);
    const factor = distance(now, other) / Math.max(1, distance(before, other));
    const between = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    own.move(zoomed(moved, factor, between, image));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    const known = down.current.delete(event.pointerId);
    if (drawn.current !== undefined) return stopDrawing('end');
    if (!known || scene.current === undefined || down.current.size > 0 || travelled.current > clickPixels) return;
    onPick(toImage(scene.current.viewport(), inCanvas(event.currentTarget, event)));
  };
  const onPointerCancel = (event: PointerEvent<HTMLElement>) => {
    down.current.delete(event.pointerId);
    if (drawn.current !== undefined) stopDrawing('cancel');
  };
  return { onPointerDown, onPointerMove, onPointerUp, onPointerCancel };
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

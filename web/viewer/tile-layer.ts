import type { Box } from '../../functions/core/edited-labels.ts';
import { type ImageWorker, type ImageWorkerEvents, startImageWorker } from './image-worker.ts';
import type { OpenedImage, Paint, PlaneChoice, ViewedFile } from './messages.ts';
import {
  levelFor,
  pixelsToRead,
  type Tile,
  tileKey,
  tileSide,
  tilesOf,
  topLevel,
  visibleTiles,
} from './tile-choice.ts';
import type { Size, Viewport } from './viewport.ts';

/** Tiles that are kept, each of at most 256 kB. */
const mostKept = 640;
/** Pixels of a channel that one view may read from a service: 128 MB of 16 bits before compression. */
const mostRemotePixels = 64e6;

export interface TileLayer {
  readonly opened: OpenedImage;
  readonly worker: ImageWorker;
  /** What its tiles show from now on; undefined: nothing. */
  setScene(plane: PlaneChoice, paint: Paint | undefined): void;
  /** Pixels inside of the box have changed; absent: all. Older tiles are shown until there are others. */
  refresh(box?: Box): void;
  /** Asks for tiles that this part of the image lacks. */
  update(viewport: Viewport, ratio: number): void;
  /** Whether there is a tile, if an older one, for all that is in view. */
  covers(viewport: Viewport, ratio: number): boolean;
  /** Draws what there is, coarse tiles first. `ratio`: pixels of the canvas for one of CSS. */
  draw(context: CanvasRenderingContext2D, viewport: Viewport, ratio: number): void;
  /** `far`: so much of the image is in view that reading its pixels would take too long. */
  state(): { kind: 'far' | 'loading' | 'complete' } | { kind: 'failed'; why: string };
  close(): void;
}

interface Kept {
  tile: Tile;
  version: number;
  bitmap: ImageBitmap;
}

/** Opens an image in a worker of its own. Rejects with the reason in words. `onChange`: something can be drawn anew. */
export async function openTileLayer(
  file: ViewedFile,
  events: Pick<ImageWorkerEvents, 'renew'> & { onChange(): void },
): Promise<TileLayer> {
  const kept = new Map<string, Kept>();
  let version = 0;
  let plane: PlaneChoice = { position: 0, time: 0, depth: 0 };
  let paint: Paint | undefined;
  let asked = '';
  let far = false;
  let complete = false;
  let failure: string | undefined;
  const keep = (tile: Tile, of: number, bitmap: ImageBitmap) => {
    const key = tileKey(tile);
    kept.get(key)?.bitmap.close();
    kept.delete(key);
    kept.set(key, { tile, version: of, bitmap });
    for (const [oldest, { bitmap: old }] of kept) {
      if (kept.size <= mostKept) break;
      old.close();
      kept.delete(oldest);
    }
  };
  const worker = startImageWorker({
    renew: events.renew,
    onTile(of, tile, bitmap) {
      if (of < (kept.get(tileKey(tile))?.version ?? 0)) return bitmap.close();
      keep(tile, of, bitmap);
      events.onChange();
    },
    onFailed(of, _, why) {
      if (of === version) failure = why;
      events.onChange();
    },
    onDone(of) {
      if (of === version) complete = true;
      events.onChange();
    },
    onBroken(why) {
      failure = why;
      events.onChange();
    },
  });
  const opened = await worker.ask('open', file).catch((error: unknown) => {
    worker.close();
    throw error;
  });
  const image: Size = opened.info;
  const mostPixels = 'remote' in file ? mostRemotePixels : Number.POSITIVE_INFINITY;

  const covers = (viewport: Viewport, ratio: number): boolean => {
    const level = levelFor(viewport, ratio, image);
    return paint !== undefined && visibleTiles(viewport, image, level).every((tile) => kept.has(tileKey(tile)));
  };
  return {
    opened,
    worker,
    setScene(nextPlane, nextPaint) {
      plane = nextPlane;
      paint = nextPaint;
      version++;
      asked = '';
      complete = false;
      failure = undefined;
      events.onChange();
    },
    refresh(box) {
      const changed = box && new Set(tilesOf(box, image).map(tileKey));
      for (const [key, each] of kept) {
        if (changed === undefined || changed.has(key)) each.version = -1;
        else if (each.version === version) each.version++;
      }
      version++; // tiles that are on their way are of before
      asked = '';
      complete = false;
      events.onChange();
    },
    update(viewport, ratio) {
      if (paint === undefined) return;
      const level = levelFor(viewport, ratio, image);
      const visible = visibleTiles(viewport, image, level);
      far = pixelsToRead(visible, opened.levels, image) > mostPixels;
      const missing = far ? [] : visible.filter((tile) => kept.get(tileKey(tile))?.version !== version);
      for (const key of visible.map(tileKey)) {
        const found = kept.get(key);
        if (found === undefined) continue;
        kept.delete(key); // what is in view is not thrown away first
        kept.set(key, found);
      }
      const wish = `${version} ${missing.map(tileKey).join(' ')}`;
      if (missing.length === 0) {
        complete = !far;
        return;
      }
      complete = false;
      if (wish === asked || (asked.startsWith(`${version} `) && isPartOf(wish, asked))) return;
      asked = wish;
      worker.want({ version, plane, paint, tiles: missing });
    },
    covers,
    draw(context, viewport, ratio) {
      if (paint === undefined) return;
      const level = levelFor(viewport, ratio, image);
      const order = (of: number) => (of === level ? Number.NEGATIVE_INFINITY : of > level ? of : -of - topLevel(image));
      const shown = covers(viewport, ratio)
        ? [...kept.values()].filter(({ tile }) => tile.level === level) // nothing else can be seen
        : [...kept.values()].sort((a, b) => order(b.tile.level) - order(a.tile.level));
      for (const each of shown) drawTile(context, each, viewport, ratio);
    },
    state: () =>
      failure !== undefined
        ? { kind: 'failed', why: failure }
        : { kind: far ? 'far' : complete ? 'complete' : 'loading' },
    close() {
      worker.close();
      for (const { bitmap } of kept.values()) bitmap.close();
      kept.clear();
    },
  };
}

/** Whether everything of one wish was in the other, which is being worked on. */
function isPartOf(wish: string, other: string): boolean {
  const wished = new Set(other.split(' '));
  return wish.split(' ').every((key) => wished.has(key));
}

/** Edges are at whole pixels of the screen, so that tiles have no seams. */
function drawTile(context: CanvasRenderingContext2D, { tile, bitmap }: Kept, viewport: Viewport, ratio: number): void {
  const scale = viewport.scale * ratio;
  const pixel = 2 ** tile.level;
  const [left, top] = [tile.column * tileSide * pixel, tile.row * tileSide * pixel];
  const at = (place: number, middle: number, size: number) => Math.round((place - middle) * scale + (size * ratio) / 2);
  const x0 = at(left, viewport.x, viewport.width);
  const x1 = at(left + bitmap.width * pixel, viewport.x, viewport.width);
  const y0 = at(top, viewport.y, viewport.height);
  const y1 = at(top + bitmap.height * pixel, viewport.y, viewport.height);
  if (x1 <= 0 || y1 <= 0 || x0 >= viewport.width * ratio || y0 >= viewport.height * ratio) return;
  context.imageSmoothingEnabled = pixel * scale < 1;
  context.drawImage(bitmap, x0, y0, x1 - x0, y1 - y0);
}

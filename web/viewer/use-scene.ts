import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { PlaneChoice } from './messages.ts';
import { middlePlane, samePlane } from './planes.ts';
import type { Backdrop, Scene, SceneLayer } from './scene.ts';
import { type StatusStore, statusStore } from './status-line.tsx';
import type { TileLayer } from './tile-layer.ts';
import type { Channel } from './use-channels.ts';
import type { Objects } from './use-objects.ts';
import type { Point, Size, Viewport } from './viewport.ts';
import { words } from './words.ts';

interface SceneParts {
  layer: TileLayer;
  labelLayer: TileLayer | undefined;
  channels: readonly Channel[];
  objects: Objects;
  plane: PlaneChoice;
  labelPlane: PlaneChoice;
  /** Address of a small picture of the plane in the middle. */
  preview: string | undefined;
  redraw: RefObject<() => void>;
}

/** Keeps the drawing in step with what is chosen, and the status line in step with the drawing. */
export function useScene({ layer, labelLayer, channels, objects, plane, labelPlane, preview, redraw }: SceneParts) {
  const [scene, setScene] = useState<Scene>();
  const [store] = useState(statusStore);
  const image: Size = layer.opened.info;
  const isPreviewed = samePlane(plane, middlePlane(layer.opened.info));
  useEffect(() => {
    if (channels.length > 0) scene?.redraw(); // what the status line says depends on them
  }, [scene, channels]);
  useEffect(() => {
    redraw.current = scene?.redraw ?? (() => {});
  }, [scene, redraw]);
  useEffect(() => {
    const layers: SceneLayer[] = [{ layer, opacity: 1 }];
    if (labelLayer !== undefined) layers.push({ layer: labelLayer, opacity: objects.opacity });
    scene?.setLayers(layers);
  }, [scene, layer, labelLayer, objects.opacity]);
  const backdrop = useBackdrop(preview, image);
  useEffect(() => scene?.setBackdrop(isPreviewed ? backdrop : undefined), [scene, backdrop, isPreviewed]);
  const isWaiting = channels.some(({ shown, samples }) => shown && samples === undefined);
  const onFrame = useCallback(
    ({ scale }: Viewport) =>
      store.set({
        scale,
        reading: readingInWords([layer, labelLayer], { isWaiting, hasBackdrop: isPreviewed && backdrop !== undefined }),
      }),
    [store, layer, labelLayer, isPreviewed, backdrop, isWaiting],
  );
  const onHover = useHover({ layer, labelLayer, channels, plane, labelPlane, store });
  return { scene, setScene, store, onFrame, onHover };
}

/** `isWaiting`: the contrast of a channel is not known yet. */
function readingInWords(
  layers: readonly (TileLayer | undefined)[],
  { isWaiting, hasBackdrop }: { isWaiting: boolean; hasBackdrop: boolean },
): string {
  const states = layers.flatMap((layer) => (layer === undefined ? [] : [layer.state()]));
  const failed = states.find((state) => state.kind === 'failed');
  if (failed?.kind === 'failed') return words.failed(failed.why);
  if (states.some(({ kind }) => kind === 'far')) return hasBackdrop ? words.far : words.farWithout;
  return isWaiting || states.some(({ kind }) => kind === 'loading') ? words.loading : words.complete;
}

/** The preview, once it is there. Its pixels are blocks of a whole number of the image's. */
function useBackdrop(preview: string | undefined, image: Size): Backdrop | undefined {
  const [backdrop, setBackdrop] = useState<Backdrop>();
  const { width, height } = image;
  useEffect(() => {
    if (preview === undefined) return;
    const picture = new Image();
    let gone = false;
    picture.src = preview;
    picture.decode().then(
      () => {
        if (gone) return;
        const factor = Math.max(Math.ceil(width / picture.naturalWidth), Math.ceil(height / picture.naturalHeight));
        setBackdrop({
          picture,
          covers: { width: picture.naturalWidth * factor, height: picture.naturalHeight * factor },
        });
      },
      () => {}, // the pixels themselves come anyway
    );
    return () => {
      gone = true;
    };
  }, [preview, width, height]);
  return backdrop;
}

interface HoverParts extends Pick<SceneParts, 'layer' | 'labelLayer' | 'channels' | 'plane' | 'labelPlane'> {
  store: StatusStore;
}

/** Says what is under the mouse: place, samples, object. One question at a time; the last place counts. */
function useHover({ layer, labelLayer, channels, plane, labelPlane, store }: HoverParts) {
  const last = useRef(0);
  const sources = useMemo(
    () => channels.filter(({ shown }) => shown).map(({ channel, sample }) => ({ channel, sample })),
    [channels],
  );
  return useCallback(
    async (point: Point | undefined) => {
      const { width, height } = layer.opened.info;
      const pixel = point && { x: Math.floor(point.x), y: Math.floor(point.y) };
      const turn = ++last.current;
      if (pixel === undefined || pixel.x < 0 || pixel.y < 0 || pixel.x >= width || pixel.y >= height)
        return store.set({ pixel: undefined });
      store.set({ pixel: { ...pixel, values: [] } });
      await new Promise((resolve) => setTimeout(resolve, 60)); // not for each pixel on the way
      if (turn !== last.current || layer.state().kind === 'far') return;
      const label = [{ channel: 0, sample: 0 }];
      try {
        const [values, [object = 0]] = await Promise.all([
          layer.worker.ask('pixel', { plane, sources, ...pixel }),
          labelLayer?.worker.ask('pixel', { plane: labelPlane, sources: label, ...pixel }) ?? [],
        ]);
        if (turn !== last.current) return;
        store.set({
          pixel: { ...pixel, values: [...values.map(String), ...(object > 0 ? [words.object(object)] : [])] },
        });
      } catch {
        // what cannot be read is said by the layer that draws it
      }
    },
    [layer, labelLayer, sources, plane, labelPlane, store],
  );
}

import { useCallback, useRef, useState } from 'react';
import type { NextPlace } from '../messages.ts';
import { centred, type Point } from '../viewport.ts';
import type { Shown } from './drawing.ts';

interface UncertainParts {
  now(): Shown;
  /** Shows what the model saw at a place that no object has. */
  onPlace(point: Point): void;
  onObject(): void;
  onFailure(why: string): void;
  /** Of the plane and the session: with another one it begins anew. */
  of: string;
}

/** CSS pixels for one of the image, at least, when a place is shown. */
const placeScale = 2;

/** Goes from one place to the next of which the model is not sure. */
export function useUncertain({ now, onPlace, onObject, onFailure, of }: UncertainParts) {
  const [shown, setShown] = useState<{ of: string; number: number; count: number }>();
  const last = useRef({ of, number: 0 });
  const isAsking = useRef(false);
  const isOf = useRef(of);
  isOf.current = of;
  const show = useCallback(
    (next: NextPlace | undefined): void => {
      const { layer, objects, scene } = now();
      if (next === undefined) {
        setShown({ of, number: 0, count: 0 });
        return;
      }
      const { number, count, object, pixel, box } = next;
      last.current = { of, number };
      setShown({ of, number, count });
      objects.select(object);
      const centre = { x: (box.left + box.right + 1) / 2, y: (box.top + box.bottom + 1) / 2 };
      scene?.move(centred(scene.viewport(), centre, layer.opened.info, placeScale));
      if (object === 0) onPlace({ x: pixel.x + 0.5, y: pixel.y + 0.5 });
      else onObject();
    },
    [now, onPlace, onObject, of],
  );
  const go = useCallback(
    async (by: 1 | -1): Promise<void> => {
      const { labelLayer } = now();
      if (labelLayer === undefined || isAsking.current) return;
      isAsking.current = true;
      try {
        const after = last.current.of === of ? last.current.number : 0;
        const next = await labelLayer.worker.ask('nextUncertain', { after, by });
        if (isOf.current === of) show(next); // else another plane is shown meanwhile
      } catch (error) {
        onFailure(error instanceof Error ? error.message : String(error));
      } finally {
        isAsking.current = false;
      }
    },
    [now, show, onFailure, of],
  );
  return { uncertain: shown?.of === of ? shown : undefined, goUncertain: go };
}

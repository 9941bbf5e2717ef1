import { useEffect, useRef, useState } from 'react';
import type { ObjectChoices } from '../../functions/ports/predictor.ts';
import type { Found, Paint, PlaneChoice } from './messages.ts';
import type { TileLayer } from './tile-layer.ts';

/** Settings that are tried, and who hears what they find. */
export interface Tried {
  choices: ObjectChoices;
  /** `of`: the choices that it is of; others may be chosen by now. */
  onFound(found: Found | { failed: string }, of: ObjectChoices): void;
}

/**
 * Finds the objects of a plane again as the choices change, and draws them. While one search runs, only the last choice
 * waits: a slider that is dragged asks for more than can be drawn.
 */
export function useFound(
  layer: TileLayer | undefined,
  plane: PlaneChoice,
  paint: Paint | undefined,
  tried: Tried | undefined,
): void {
  const [isRunning, setRunning] = useState(false);
  const asked = useRef<{ layer: TileLayer; wish: string }>(undefined);
  const now = useRef({ plane, paint, tried });
  now.current = { plane, paint, tried };
  const wish = tried && JSON.stringify([plane, tried.choices]);
  useEffect(() => {
    if (
      layer === undefined ||
      wish === undefined ||
      isRunning ||
      (asked.current?.layer === layer && asked.current.wish === wish)
    )
      return;
    setRunning(true);
    asked.current = { layer, wish };
    const [wanted, choices] = JSON.parse(wish) as [PlaneChoice, ObjectChoices];
    layer.worker
      .ask('find', { plane: wanted, choices })
      .then(
        (found) => {
          now.current.tried?.onFound(found, choices);
          layer.setScene(now.current.plane, now.current.paint);
        },
        (error: unknown) => now.current.tried?.onFound({ failed: String(error) }, choices),
      )
      .finally(() => setRunning(false)); // what was chosen meanwhile has its turn
  }, [layer, wish, isRunning]);
}

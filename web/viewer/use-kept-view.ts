import { useCallback, useEffect, useRef } from 'react';
import { middlePlane, samePlane } from './planes.ts';
import type { TileLayer } from './tile-layer.ts';
import type { ViewState } from './view-state.ts';
import { fitted, type Viewport } from './viewport.ts';

/** Where the state of a view is kept. */
export interface KeptView {
  initial: ViewState;
  keep(state: ViewState): void;
}

/** Browsers allow about three changes of an address a second. */
const keptEveryMs = 500;

/** Keeps what is looked at. The result is told of each drawing. Without `kept`: nothing is. */
export function useKeptView(
  kept: KeptView | undefined,
  { info }: TileLayer['opened'],
  { plane, filter, object }: Omit<ViewState, 'at'>,
): (viewport: Viewport) => void {
  const state = useRef<ViewState>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keepSoon = useCallback(() => {
    if (kept === undefined || timer.current !== undefined) return;
    timer.current = setTimeout(() => {
      timer.current = undefined;
      kept.keep(state.current);
    }, keptEveryMs);
  }, [kept]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    const isUsual = plane === undefined || samePlane(plane, middlePlane(info));
    state.current = { ...state.current, plane: isUsual ? undefined : plane, filter, object };
    keepSoon();
  }, [info, plane, filter, object, keepSoon]);
  return useCallback(
    (viewport) => {
      const whole = fitted(info, viewport);
      const isWhole = (['x', 'y', 'scale'] as const).every((name) => viewport[name] === whole[name]);
      const { x, y, scale } = viewport;
      state.current = { ...state.current, at: isWhole ? undefined : { x, y, scale } };
      keepSoon();
    },
    [info, keepSoon],
  );
}

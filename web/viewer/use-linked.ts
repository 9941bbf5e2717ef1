import { useCallback, useEffect, useRef } from 'react';
import type { LinkedView, LinkedViews } from './linked-views.ts';
import type { Scene } from './scene.ts';
import type { Viewport } from './viewport.ts';

/** Moves a scene with others. The result is told of each drawing. Without `links`: it moves alone. */
export function useLinked(links: LinkedViews | undefined, scene: Scene | undefined): (viewport: Viewport) => void {
  const view = useRef<LinkedView>(undefined);
  useEffect(() => {
    if (links === undefined || scene === undefined) return;
    const own = links.join((shown) => scene.move({ ...scene.viewport(), ...shown }));
    view.current = own;
    return () => {
      view.current = undefined;
      own.leave();
    };
  }, [links, scene]);
  return useCallback((viewport) => view.current?.drawn(viewport), []);
}

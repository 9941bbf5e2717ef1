import { useEffect, useRef, useState } from 'react';
import type { Renew, ViewedFile } from './messages.ts';
import { openTileLayer, type TileLayer } from './tile-layer.ts';

export type LayerState =
  | { state: 'none' | 'opening' }
  | { state: 'failed'; why: string }
  | { state: 'ready'; layer: TileLayer };

/** Opens an image in a worker for as long as it is shown. `file` and `renew`: the same ones at each call. */
export function useLayer(file: ViewedFile | undefined, renew: Renew, onChange: () => void): LayerState {
  const [state, setState] = useState<LayerState>({ state: file === undefined ? 'none' : 'opening' });
  const changed = useRef(onChange);
  changed.current = onChange;
  useEffect(() => {
    if (file === undefined) return setState({ state: 'none' });
    let layer: TileLayer | undefined;
    let gone = false;
    setState({ state: 'opening' });
    openTileLayer(file, { renew, onChange: () => changed.current() }).then(
      (opened) => {
        layer = opened;
        if (gone) opened.close();
        else setState({ state: 'ready', layer: opened });
      },
      (error: unknown) => {
        if (!gone) setState({ state: 'failed', why: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => {
      gone = true;
      layer?.close();
    };
  }, [file, renew]);
  return state;
}

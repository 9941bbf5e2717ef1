import { useSyncExternalStore } from 'react';
import { lengthInWords, scaleBar } from '../../functions/core/scale-bar.ts';
import { inNumbers, inShort } from '../format.ts';
import { words } from './words.ts';

/** What changes with each frame or movement of the mouse, apart from the state of the screen so that only its line is drawn anew. */
interface Status {
  /** CSS pixels for one pixel of the image. */
  scale: number;
  /** The pixel under the mouse, and what is known of it. */
  pixel?: { x: number; y: number; values: string[] } | undefined;
  reading: string;
}

export interface StatusStore {
  get(): Status;
  set(by: Partial<Status>): void;
  subscribe(listener: () => void): () => void;
}

export function statusStore(): StatusStore {
  let status: Status = { scale: 1, reading: '' };
  const listeners = new Set<() => void>();
  return {
    get: () => status,
    set(by) {
      const next = { ...status, ...by };
      if (next.scale === status.scale && next.pixel === status.pixel && next.reading === status.reading) return;
      status = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function StatusLine({ store }: { store: StatusStore }) {
  const { scale, pixel, reading } = useSyncExternalStore(store.subscribe, store.get);
  return (
    <div className="viewer-status">
      <span className="viewer-number">
        {words.zoom(scale < 0.1 ? inShort(scale * 100) : inNumbers(Math.round(scale * 100)))}
      </span>
      <span className="viewer-number">
        {pixel === undefined ? '\u00a0' : [words.at(pixel.x, pixel.y), ...pixel.values].join(' · ')}
      </span>
      <span role="status" data-reading={reading}>
        {reading}
      </span>
    </div>
  );
}

/** How long a stretch of the picture is, where the file says how large its pixels are. */
export function ScaleBar({ store, micrometres }: { store: StatusStore; micrometres: number }) {
  const { scale } = useSyncExternalStore(store.subscribe, store.get);
  const bar = scaleBar(micrometres, scale);
  return (
    <div className="viewer-scale" style={{ width: bar.pixels }}>
      {lengthInWords(bar.micrometres)}
    </div>
  );
}

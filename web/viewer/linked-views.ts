import type { Viewport } from './viewport.ts';

/** What is shown of an image; views of other sizes can show the same. */
type Shown = Pick<Viewport, 'x' | 'y' | 'scale'>;

/** A view that moves with others. */
export interface LinkedView {
  /** It has drawn this. The first drawing is where each begins, and moves none. */
  drawn(shown: Shown): void;
  leave(): void;
}

/** Views of one image that move together. */
export interface LinkedViews {
  join(move: (shown: Shown) => void): LinkedView;
}

export function linkedViews(): LinkedViews {
  const members = new Set<(shown: Shown) => void>();
  let last = '';
  return {
    join(move) {
      members.add(move);
      let begun = false;
      return {
        drawn({ x, y, scale }) {
          const key = `${x} ${y} ${scale}`;
          if (!begun || key === last) {
            begun = true;
            return;
          }
          last = key;
          for (const other of members) if (other !== move) other({ x, y, scale });
        },
        leave: () => void members.delete(move),
      };
    },
  };
}

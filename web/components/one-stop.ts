import { type KeyboardEvent, type RefObject, useState } from 'react';
import { nextRow } from './next-row.ts';

interface OneStopParts {
  /** Holds the rows: elements with `data-index`, of which some have a link or a button. */
  box: RefObject<HTMLElement | null>;
  count: number;
  /** Rows that are drawn. */
  drawn: readonly { index: number }[];
  /** Has the row something to focus? */
  canFocus(index: number): boolean;
  scrollTo(index: number): void;
}

/** A list of any length as one stop of the Tab key; inside of it the arrows, Home and End go (WAI-ARIA Authoring Practices, roving tabindex). */
export function useOneStop({ box, count, drawn, canFocus, scrollTo }: OneStopParts) {
  const [active, setActive] = useState(0);
  const isDrawn = drawn.some(({ index }) => index === active) && canFocus(active);
  const stop = isDrawn ? active : drawn.find(({ index }) => canFocus(index))?.index;
  return {
    tabIndexOf: (index: number): 0 | -1 => (index === stop ? 0 : -1),
    onFocusOf: (index: number) => () => setActive(index),
    onKeyDown(event: KeyboardEvent) {
      const next = nextRow(event.key, stop ?? 0, count, canFocus);
      if (next === undefined) return;
      event.preventDefault();
      setActive(next);
      scrollTo(next);
      const find = () => box.current?.querySelector<HTMLElement>(`[data-index="${next}"] :is(a, button)`);
      requestAnimationFrame(() => {
        const found = find();
        if (found == null)
          requestAnimationFrame(() => find()?.focus()); // it is drawn after the list has scrolled
        else found.focus();
      });
    },
  };
}

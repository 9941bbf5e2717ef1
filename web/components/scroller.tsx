import type { ReactNode, Ref } from 'react';

interface ScrollerProps {
  box: Ref<HTMLElement>;
  label: string;
  /** Pixels; without it the content's own, up to what the style allows. */
  height?: number;
  className?: string;
  children: ReactNode;
}

/** A part of the screen that scrolls by itself, also with the keyboard. */
export const Scroller = ({ box, label, height, className = '', children }: ScrollerProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached with the keyboard
  <section ref={box} className={`scroller ${className}`} style={{ height }} tabIndex={0} aria-label={label}>
    {children}
  </section>
);

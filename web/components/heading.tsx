import { useEffect, useRef } from 'react';
import { useScreenTitle } from '../screen-title.ts';

/** The heading of a screen names the tab, and takes the focus when the screen comes, so that keyboards and screen readers start there. */
export function ScreenHeading({ children }: { children: string }) {
  useScreenTitle(children);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

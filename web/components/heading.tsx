import { type ReactNode, useEffect, useRef } from 'react';

/** The heading of a screen takes the focus when the screen comes, so that keyboards and screen readers start there. */
export function ScreenHeading({ children }: { children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

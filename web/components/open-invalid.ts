import type { FormEvent } from 'react';

/** For `onInvalidCapture` of `details`: a browser can neither focus nor explain a wrong field that is folded away, and sends nothing. */
export function openInvalid(event: FormEvent<HTMLDetailsElement>): void {
  event.currentTarget.open = true;
}

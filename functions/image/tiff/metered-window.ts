import { Failure } from '../../core/errors.ts';
import type { Window } from './window.ts';

/** Some bytes are read again and again, and pages may share a few; more than this times the file's size is an attack or damage. */
const sharedTimes = 2;
/** Small files may share all that they have. */
const sharedAtLeast = 1 << 20;

/** Adds up bytes that parts of a file of `size` bytes claim, and throws imageBroken where they must be the same ones over and over. */
export function byteMeter(size: number, parts: string): (bytes: number) => void {
  let left = sharedTimes * size + sharedAtLeast;
  return (bytes) => {
    left -= bytes;
    if (left < 0)
      throw new Failure('imageBroken', { detail: `${parts} share their bytes many times over, in a file of ${size}` });
  };
}

/** A window whose views are added up: directories that share their values cannot make them be read again for each. */
export function meteredWindow(window: Window, parts: string): Window {
  const spend = byteMeter(window.size, parts);
  return {
    size: window.size,
    view(offset, length, what) {
      // what lies outside is refused as that
      if (offset + length <= window.size) spend(length);
      return window.view(offset, length, what);
    },
    viewNow(offset, length) {
      const view = window.viewNow(offset, length);
      if (view !== undefined) spend(length);
      return view;
    },
    keep: (view, from, to) => window.keep(view, from, to),
  };
}

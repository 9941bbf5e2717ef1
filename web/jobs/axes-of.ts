import { axesPattern } from '../../functions/core/axes.ts';

/** Axes as `run --axes` takes them: undefined where nothing is typed, null where it names none. */
export function axesOf(typed: string): string | null | undefined {
  const axes = typed.trim().toUpperCase();
  if (axes === '') return undefined;
  return axesPattern.test(axes) ? axes : null;
}

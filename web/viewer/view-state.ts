import type { PlaneChoice } from './messages.ts';
import type { ObjectFilter } from './objects.ts';
import type { Point } from './viewport.ts';

/** What is looked at, as the address keeps it: a reload or a link leads to the same. */
export interface ViewState {
  plane?: PlaneChoice | undefined;
  /** The point of the image in the middle, and CSS pixels for one of the image; absent: the whole image. */
  at?: (Point & { scale: number }) | undefined;
  filter?: ObjectFilter | undefined;
  /** Label of the chosen object. */
  object?: number | undefined;
}

const numbers = (text: string | null, count: number): number[] | undefined => {
  const values = text?.split(',').map((part) => (part === '' ? Number.NaN : Number(part))) ?? [];
  return values.length === count && values.every(Number.isFinite) ? values : undefined;
};
const isIndex = (value: number): boolean => Number.isInteger(value) && value >= 0;

/** `hash`: of an address, with its `#`. What it does not say, or not as it is written here, is absent. */
export function viewStateOf(hash: string): ViewState {
  const query = new URLSearchParams(hash.slice(1));
  const plane = numbers(query.get('plane'), 3);
  const at = numbers(query.get('at'), 3);
  const range = numbers(query.get('range'), 2);
  const column = query.get('filter');
  const [object] = numbers(query.get('object'), 1) ?? [];
  const [position, time, depth] = plane ?? [];
  return {
    ...(plane?.every(isIndex) && { plane: { position: position!, time: time!, depth: depth! } }),
    ...(at !== undefined && at[2]! > 0 && { at: { x: at[0]!, y: at[1]!, scale: at[2]! } }),
    ...(column !== null && range !== undefined && { filter: { column, from: range[0]!, to: range[1]! } }),
    ...(object !== undefined && isIndex(object) && object > 0 && { object }),
  };
}

/** With its `#`; empty where there is nothing to keep. */
export function hashOf({ plane, at, filter, object }: ViewState): string {
  const query = new URLSearchParams();
  if (plane !== undefined) query.set('plane', `${plane.position},${plane.time},${plane.depth}`);
  if (at !== undefined) query.set('at', [at.x, at.y, at.scale].map((value) => Number(value.toPrecision(6))).join(','));
  if (filter !== undefined) {
    query.set('filter', filter.column);
    query.set('range', `${filter.from},${filter.to}`);
  }
  if (object !== undefined && object > 0) query.set('object', String(object));
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `#${text}`;
}

import { type Arrangement, type AxisName, orderPages, planesOfAxes } from './arrangement.ts';
import { partialAlong } from './partial-stack.ts';

/** tifffile's own description, `{"shape": [3, 2, 64, 64], "axes": "ZCYX"}`; undefined when it is something else. */
export function parseShaped(description: string): { shape: number[]; axes: string | undefined } | undefined {
  if (!description.startsWith('{"shape"')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(description);
  } catch {
    return undefined;
  }
  const { shape, axes } = parsed as { shape?: unknown; axes?: unknown };
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size > 0)) return undefined;
  return { shape, axes: typeof axes === 'string' && axes.length === shape.length ? axes.toUpperCase() : undefined };
}

/** Number of planes that a shape has, where its end fits the pages. */
export function shapedPlanes(shape: readonly number[], page: { height: number; width: number; samples: number }) {
  const endings = [
    [page.height, page.width],
    [page.height, page.width, page.samples],
    [page.samples, page.height, page.width],
  ];
  const ending = endings.find(
    (sizes) =>
      sizes.reduce((product, size) => product * size, 1) === page.height * page.width * page.samples &&
      sizes.every((size, i) => shape.at(i - sizes.length) === size),
  );
  if (ending === undefined) return undefined;
  return { leading: shape.slice(0, shape.length - ending.length), trailing: ending.length };
}

/** Undefined where its words do not fit the pages or name axes that planes do not have. */
export function arrangeShaped(
  { shape, axes }: { shape: number[]; axes: string | undefined },
  pages: readonly number[],
  page: { height: number; width: number; samples: number },
): Arrangement | undefined {
  const planes = shapedPlanes(shape, page);
  if (planes === undefined || axes === undefined) return undefined;
  const { leading } = planes;
  const names = axes.slice(0, leading.length);
  const own = [...names].map((name, i) => ({ name: name === 'R' ? 'P' : (name as AxisName), size: leading[i]! }));
  if (new Set(names).size !== names.length || !/^[RPTZC]*$/.test(names) || (names.includes('R') && names.includes('P')))
    return undefined;
  const part = partialAlong(own, pages, 'its tifffile description');
  if (part !== undefined) return { by: 'tifffile', ...part, channelNames: [] };
  if (planesOfAxes(own) !== pages.length) return undefined;
  return { by: 'tifffile', ...orderPages(own, pages), channelNames: [] };
}

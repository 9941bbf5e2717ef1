import { type Arrangement, pagesAsDepth } from './arrangement.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { positive } from './units.ts';

/** `key = value` between bars in the description of an Aperio slide scanner; undefined where it is something else. Source: OpenSlide, "Aperio format". */
export function parseAperio(description: string): Map<string, string> | undefined {
  if (!description.startsWith('Aperio')) return undefined;
  const pairs = description
    .split('|')
    .slice(1)
    .map((part) => part.trim().split(/[=\r\n]/, 2));
  return new Map(pairs.flatMap(([key = '', value]) => (value === undefined ? [] : [[key.trim(), value.trim()]])));
}

/** One slide: its other pages are thumbnails, levels, label and overview. `MPP` is micrometres a pixel. */
export function arrangeAperio(words: ReadonlyMap<string, string>, pages: readonly number[]): Arrangement {
  const size = positive(Number(words.get('MPP') ?? Number.NaN));
  return {
    ...pagesAsDepth('Aperio', pages),
    ...(size !== undefined && checkedPixelSize({ x: size, y: size }, 'Aperio')),
  };
}

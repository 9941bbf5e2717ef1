import { Failure } from '../../core/errors.ts';
import { fieldsOf } from './fields.ts';
import type { Layout } from './layout.ts';
import { tag } from './tags.ts';
import { layoutOf, type Page, type TiffFile } from './tiff-file.ts';

/** A page that is no plane of the image, and what it is. */
export interface LeftOut {
  page: number;
  why: string;
}

/**
 * Pages that are planes, and those that stand beside them: thumbnails, masks, and pages smaller than the image (overviews,
 * labels, levels of a pyramid). Refuses pages of one size and different kinds: no rule tells which are the image.
 */
export async function planesAmong(file: TiffFile): Promise<{ planes: number[]; leftOut: LeftOut[] }> {
  const leftOut: LeftOut[] = [];
  const full: number[] = [];
  for (const [i, page] of file.pages.entries()) {
    if (isMask(page)) leftOut.push({ page: i, why: 'a transparency mask' });
    else if (page.reduced) leftOut.push({ page: i, why: 'a thumbnail' });
    else full.push(i);
  }
  const thumbnails = file.pages.flatMap((page, i) => (page.reduced && !isMask(page) ? [i] : []));
  const candidates = full.length > 0 ? full : thumbnails;
  if (candidates.length === 0)
    throw new Failure('imageUnsupported', { feature: 'it has no pages but transparency masks' });
  if (full.length === 0 && file.pages.some((page) => page.directory.fields.has(tag.subIfds)))
    throw new Failure('imageUnsupported', { feature: 'the full image is in SubIFDs, the pages are thumbnails' });
  if (full.length === 0) leftOut.splice(0, leftOut.length, ...leftOut.filter(({ page }) => !candidates.includes(page)));

  const areas = new Map<number, [width: number, height: number]>();
  for (const i of candidates) areas.set(i, await sizeOf(file, file.pages[i]!));
  const area = (i: number) => areas.get(i)![0] * areas.get(i)![1];
  const largest = candidates.reduce((best, i) => (area(i) > area(best) ? i : best));
  const first = layoutOf(file.pages[largest]!);
  const planes: number[] = [];
  for (const i of candidates) {
    if (area(i) < area(largest)) {
      leftOut.push({ page: i, why: `${areas.get(i)!.join(' x ')} pixels, smaller than the image` });
      continue;
    }
    const other = layoutOf(file.pages[i]!);
    if (!alike(first, other))
      throw new Failure('imageUnsupported', {
        feature: `pages of different kinds: page ${largest} is ${kindOf(first)}, page ${i} is ${kindOf(other)}`,
      });
    planes.push(i);
  }
  return { planes, leftOut: leftOut.sort((a, b) => a.page - b.page) };
}

const isMask = (page: Page): boolean =>
  page.mask || (!(page.layout instanceof Failure) && page.layout.photometric === 4);

/** Also of a page that cannot be read for another reason. */
async function sizeOf(file: TiffFile, page: Page): Promise<[width: number, height: number]> {
  if (!(page.layout instanceof Failure)) return [page.layout.width, page.layout.height];
  const fields = fieldsOf(file.window, file.format, page.directory);
  const [width, height] = [await fields.whole(tag.imageWidth, 0), await fields.whole(tag.imageLength, 0)];
  if (width === 0 || height === 0) throw page.layout;
  return [width, height];
}

/** `page 1 (a thumbnail)` or `pages 1-7 (thumbnails ...)`: neighbours of one kind together. */
export function leftOutInWords(leftOut: readonly LeftOut[]): string | undefined {
  if (leftOut.length === 0) return undefined;
  const kinds = new Map<string, number[]>();
  for (const { page, why } of leftOut) kinds.set(why, [...(kinds.get(why) ?? []), page]);
  const words = [...kinds].map(([why, numbers]) => {
    const shown =
      numbers.length > 6 ? `${numbers.slice(0, 5).join(', ')} and ${numbers.length - 5} more` : numbers.join(', ');
    return `page${numbers.length === 1 ? '' : 's'} ${shown} (${why})`;
  });
  return `left out: ${words.join('; ')}`;
}

const alike = (a: Layout, b: Layout): boolean =>
  a === b ||
  (a.height === b.height &&
    a.width === b.width &&
    a.samples === b.samples &&
    a.type === b.type &&
    a.bits === b.bits &&
    a.photometric === b.photometric);

const kindOf = ({ width, height, samples, type, bits, photometric }: Layout): string =>
  `${width} x ${height}, ${samples} x ${type} (${bits} bit, photometric ${photometric})`;

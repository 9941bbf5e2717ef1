import { Failure } from '../../core/errors.ts';
import type { Page, TiffFile } from './tiff-file.ts';
import { layoutOf } from './tiff-file.ts';

/** A page that has the whole image smaller. */
export interface Reduced {
  page: Page;
  /** Pixels of the image that one of its pixels stands for, each way. */
  reduction: number;
}

/** Programs round the sizes of their levels up or down, each from the one before. */
const roundedBy = 2;

/** Whether a page is another's whole image, reduced so many times, with samples of the same kind. */
export function isReduced(page: Page, full: Page, reduction: number): boolean {
  if (page.layout instanceof Failure || page.mask) return false;
  const [small, large] = [page.layout, layoutOf(full)];
  return (
    Math.abs(small.width - large.width / reduction) < roundedBy &&
    Math.abs(small.height - large.height / reduction) < roundedBy &&
    small.samples === large.samples &&
    small.type === large.type &&
    small.bits === large.bits &&
    small.photometric === large.photometric
  );
}

/**
 * Levels of the pyramid of a page, larger ones first: pages in its SubIFDs, or, where the file has only this plane, smaller
 * pages of the main chain. Levels that are not a power of two apart are left out.
 */
export async function reducedPages(file: TiffFile, full: Page, planePages: readonly number[]): Promise<Reduced[]> {
  const nested = await file.subPages(full);
  const beside = planePages.length === 1 ? file.pages.filter((_, i) => !planePages.includes(i)) : [];
  const { width, height } = layoutOf(full);
  const levels: Reduced[] = [];
  for (let reduction = 2; Math.max(width, height) / reduction >= 1; reduction *= 2) {
    const page = [...nested, ...beside].find((candidate) => isReduced(candidate, full, reduction));
    if (page !== undefined) levels.push({ page, reduction });
  }
  return levels;
}

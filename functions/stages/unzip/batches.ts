import { entrySpan } from '../../archive/zip-entry.ts';
import type { PlannedImage } from './plan.ts';

/** Images whose entries are fetched with one ranged get of `start..end`; several only when all of them are small. */
export interface Batch {
  start: number;
  end: number;
  images: PlannedImage[];
}

/** Entries up to this size, packed and unpacked, share a get: asking the store costs more than their bytes. */
const smallBytes = 1024 * 1024;
/** What one such get may hold in memory. */
const windowBytes = 8 * 1024 * 1024;

/** `images`: in order of their offsets in the archive. */
export function batches(images: readonly PlannedImage[]): Batch[] {
  const made: Batch[] = [];
  let open: Batch | undefined;
  for (const image of images) {
    const { start, end } = entrySpan(image.entry);
    const small = end - start <= smallBytes && image.entry.bytes <= smallBytes;
    if (open !== undefined && small && end - open.start <= windowBytes) {
      open.images.push(image);
      open.end = end;
      continue;
    }
    const batch: Batch = { start, end, images: [image] };
    made.push(batch);
    open = small ? batch : undefined;
  }
  return made;
}

export type Side = 'train' | 'test';

/** Sides of images by the sha256 of their pixels. */
export type Sides = Readonly<Record<string, Side>>;

/** One of so many images is kept aside. */
const testShare = 5;

/**
 * Which images are trained on and which are kept aside to score with. What was decided before stays, so that no image
 * that a model was trained on ever scores it; the rest goes by its hash. Where that leaves a side empty, the new image
 * with the lowest hash goes there. Undefined where both sides cannot have an image.
 */
export function splitImages(hashes: readonly string[], before: Sides): Record<string, Side> | undefined {
  const unseen = [...new Set(hashes)].filter((hash) => before[hash] === undefined).sort();
  const sides = new Map(hashes.flatMap((hash) => (before[hash] === undefined ? [] : [[hash, before[hash]] as const])));
  for (const hash of unseen) sides.set(hash, sideOf(hash));
  for (const side of ['test', 'train'] as const) {
    if ([...sides.values()].includes(side)) continue;
    const moved = unseen[0];
    if (moved === undefined || sides.size < 2) return undefined;
    sides.set(moved, side);
  }
  return Object.fromEntries([...sides].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const sideOf = (hash: string): Side => (Number.parseInt(hash.slice(0, 8), 16) % testShare === 0 ? 'test' : 'train');

/** A box of a detector in pixels: corners and score, 0 to 1. */
export interface Detection {
  left: number;
  top: number;
  right: number;
  bottom: number;
  score: number;
}

/** Two boxes that share more of their union than this are one face. */
const sameFace = 0.3;
/** So is a box of which a better one has more than this: half a face at the edge of a tile, or a face again without its chin. */
const within = 0.7;

/** The best of the boxes that overlap, in order of their scores. */
export function suppress(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const box of [...found].sort((a, b) => b.score - a.score))
    if (!kept.some((better) => isSameFace(box, better))) kept.push(box);
  return kept;
}

function isSameFace(box: Detection, better: Detection): boolean {
  const width = Math.min(box.right, better.right) - Math.max(box.left, better.left);
  const height = Math.min(box.bottom, better.bottom) - Math.max(box.top, better.top);
  if (width <= 0 || height <= 0) return false;
  const [shared, own] = [width * height, areaOf(box)];
  return shared > within * own || shared > sameFace * (own + areaOf(better) - shared);
}

const areaOf = ({ left, top, right, bottom }: Detection): number => (right - left) * (bottom - top);

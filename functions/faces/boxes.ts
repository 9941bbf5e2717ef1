/** A box of a detector in pixels: corners and score, 0 to 1. */
export interface Detection {
  left: number;
  top: number;
  right: number;
  bottom: number;
  score: number;
}

/** Boxes that share more of their union than this are one face. */
const sameFace = 0.3;

/** The best of the boxes that overlap, in order of their scores. */
export function suppress(found: readonly Detection[]): Detection[] {
  const kept: Detection[] = [];
  for (const box of [...found].sort((a, b) => b.score - a.score))
    if (kept.every((other) => overlap(box, other) < sameFace)) kept.push(box);
  return kept;
}

/** Intersection over union. */
function overlap(a: Detection, b: Detection): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const area = ({ left, top, right, bottom }: Detection) => (right - left) * (bottom - top);
  return (width * height) / (area(a) + area(b) - width * height);
}

/** Two objects that may be one, and how well they fit: more is better. */
export interface Candidate {
  one: number;
  two: number;
  score: number;
}

/**
 * One-to-one pairs: each `one` asks for its best `two`, and each `two` takes the best of those that ask for it. Of equal
 * scores the lower number wins. With intersection over union of neighbouring planes as the score this is how Cellpose's
 * `stitch3D` pairs masks, but that it gives one object two masks of the next plane where both fit equally well.
 */
export function bestPairs(candidates: readonly Candidate[]): Candidate[] {
  const asks = best(
    candidates,
    ({ one }) => one,
    ({ two }) => two,
  );
  const taken = best(
    [...asks.values()],
    ({ two }) => two,
    ({ one }) => one,
  );
  return [...taken.values()].sort((a, b) => a.one - b.one);
}

/** The best candidate of each `key`; `other` decides between equals. */
function best(
  candidates: readonly Candidate[],
  key: (candidate: Candidate) => number,
  other: (candidate: Candidate) => number,
): Map<number, Candidate> {
  const found = new Map<number, Candidate>();
  for (const candidate of candidates) {
    const held = found.get(key(candidate));
    const better =
      held === undefined ||
      candidate.score > held.score ||
      (candidate.score === held.score && other(candidate) < other(held));
    if (better) found.set(key(candidate), candidate);
  }
  return found;
}

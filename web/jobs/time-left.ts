export interface Sample {
  /** Milliseconds; and what was done by then, in any unit. */
  at: number;
  done: number;
}

const windowMs = 60_000;
/** Less says nothing yet. */
const leastMs = 3_000;

/** Keeps the samples of the last minute, so that the estimate follows a connection that slows down. */
export const withSample = (samples: readonly Sample[], sample: Sample): Sample[] => {
  if (samples.length > 0 && sample.done < samples.at(-1)!.done) return [sample]; // counted anew: a retry
  return [...samples.filter(({ at }) => at >= sample.at - windowMs), sample];
};

/** Milliseconds until `total` at the pace of the samples; undefined while it is not known. */
export function timeLeft(samples: readonly Sample[], total: number): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < leastMs || last.done <= first.done)
    return undefined;
  return ((total - last.done) * (last.at - first.at)) / (last.done - first.done);
}

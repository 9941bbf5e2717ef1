import type { JobView } from '../../functions/contract/schemas.ts';

/** Files of the job: as many as were announced while they are still being named, so that the total does not grow. */
export const totalFiles = ({ announced = 0, counts, sealed }: JobView): number =>
  sealed ? counts.expected : Math.max(counts.expected, announced);

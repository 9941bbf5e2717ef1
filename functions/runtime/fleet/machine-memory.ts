import { weightedSemaphore } from '../../async/semaphore.ts';
import { Failure } from '../../core/errors.ts';
import { largestPlaneMb, planesShare } from '../../core/machine-sizes.ts';
import { NeedsLargerMachine } from '../../stages/predict/larger-machine.ts';

const megabyte = 2 ** 20;

/** Lets planes in while they fit into `bytes` of a machine's memory; another machine takes what never can. */
export function machineAdmission(bytes: number): {
  planeMb: number;
  admit(bytes: number): Promise<() => void>;
} {
  const planeMb = Math.floor((planesShare * bytes) / megabyte);
  const enter = weightedSemaphore(planeMb * megabyte);
  return {
    planeMb,
    async admit(needed) {
      const neededMb = Math.ceil(needed / megabyte);
      if (neededMb <= planeMb) return enter(needed);
      if (neededMb <= largestPlaneMb) throw new NeedsLargerMachine(neededMb);
      throw new Failure('imageTooLarge', {
        detail: `a plane takes ${neededMb} MB, and the largest machine has ${largestPlaneMb} MB for one`,
      });
    },
  };
}

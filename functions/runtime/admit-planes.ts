import { totalmem } from 'node:os';
import { weightedSemaphore } from '../async/semaphore.ts';
import { Failure } from '../core/errors.ts';

/** However large the machine: a plane of 570 megapixels with two maps. Larger ones are mosaics to cut. */
const mostBytes = 16 * 2 ** 30;

/** Of the machine, or of the container that this process is in. */
export const machineMemory = (): number => {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(totalmem(), constrained) : totalmem();
};

/** Bytes that one plane may take: half of the memory, which leaves the rest to the system, Node and the model. */
export const largestPlane = (): number => Math.min(machineMemory() / 2, mostBytes);

/**
 * Lets planes in while they fit `together`. One that is larger goes in alone; one that can never fit is imageTooLarge: the
 * process would be killed for it, again at each try.
 */
export function admitPlanes(together: number, largest = largestPlane()): (bytes: number) => Promise<() => void> {
  const enter = weightedSemaphore(together);
  return async (bytes) => {
    if (bytes <= largest) return enter(bytes);
    const [needed, given] = [bytes, largest].map((each) => Math.ceil(each / 2 ** 20));
    throw new Failure('imageTooLarge', {
      detail: `a plane takes ${needed} MB, and one may take ${given} MB on this machine`,
    });
  };
}

import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { weightedSemaphore } from '../../async/semaphore.ts';
import { Failure } from '../../core/errors.ts';
import { megabytesPerProcessor } from '../../stack/lambda-facts.ts';
import type { Deadline } from '../../stages/predict/deadline.ts';
import { NeedsLargerMachine } from '../../stages/predict/larger-machine.ts';
import type { Variables } from './environment.ts';

/** Of the function's memory for planes: the rest is Node's, the model's on each thread, and what is on its way to S3. */
const planesShare = 0.55;

/** What predict may use of its function. `machineMb`: what machines have for a plane, where the stack has some. */
export function functionMemory(variables: Variables, processors = availableParallelism(), machineMb = 0) {
  const megabytes = Number(variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 2 * megabytesPerProcessor);
  const workers = Math.max(1, Math.min(processors, Math.round(megabytes / megabytesPerProcessor)));
  const most = planesShare * megabytes * 2 ** 20;
  const enter = weightedSemaphore(most);
  return {
    workers,
    /** A plane that can never fit is refused with a reason: the function would be killed for it, again and again. */
    async admit(bytes: number): Promise<() => void> {
      if (bytes <= most) return enter(bytes);
      const [needed, given] = [bytes, most].map((each) => Math.ceil(each / 2 ** 20)) as [number, number];
      if (needed <= machineMb) throw new NeedsLargerMachine(needed);
      throw new Failure('imageTooLarge', {
        detail: `a plane takes ${needed} MB, and predict has ${given} MB for planes (labdeploy:memory sets it)`,
      });
    },
  };
}

/** Of the time that a delivery has, kept for the step in progress, and for storing what it came to. */
const reservedShare = 0.2;

/** Near when a fifth of the time is left. */
export function deadlineOf(attempt: string, remainingMs: () => number): Deadline {
  const reserved = reservedShare * remainingMs();
  return { attempt, near: () => remainingMs() < reserved };
}

/** The model packages in a function's folder, the default first: build/assemble numbers them. */
export const packagedModels = (folder: string): string[] =>
  readdirSync(join(folder, 'models'))
    .sort((a, b) => Number(a) - Number(b))
    .map((name) => join(folder, 'models', name));

/**
 * Bytes of packages of the registry that a function keeps on its disk, of the 512 MB that Lambda gives without a price.
 * The largest package (contract/limits) and one that is being received fit.
 */
export const cachedBytes = 200e6;

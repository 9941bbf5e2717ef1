import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let gc: (() => void) | undefined;

/** Before worker threads start: V8 takes flags for all threads at once. */
export const allowCollecting = (): void => setFlagsFromString('--expose-gc');

/**
 * Frees the shared memory that this thread has let go of. V8 frees it with the last view on any thread, but does not count
 * it when it decides whether to collect: threads with small heaps would hold gigabytes of planes that are long written.
 */
export function collect(): void {
  gc ??= runInNewContext('gc') as () => void;
  gc();
}

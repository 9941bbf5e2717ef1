import { machineMemory } from '../../functions/runtime/admit-planes.ts';

/** One plane of 20 megapixels (40 MB at 16 bit) with its maps, labels and what segmentation needs. */
const bytesPerWorker = 640 * 2 ** 20;

/** Bytes that planes in flight may use together: one large plane a worker, never more than half of the machine's memory. */
export const memoryLimit = (workers: number): number => Math.min(machineMemory() / 2, workers * bytesPerWorker);

import { getHeapStatistics } from 'node:v8';
import { Failure } from '../../functions/core/errors.ts';
import type { ByteSource } from '../../functions/image/image.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { planePositions } from '../../functions/stages/predict/plane-indices.ts';
import { millisecondsSince } from './processor-time.ts';

/** What a file cost to look at, and what came of it. */
export interface Measured {
  /** `read`, or the code and reason of the Failure. */
  outcome: string;
  /** Of the processor. */
  milliseconds: number;
  /** Bytes asked of the source, all reads together. */
  read: number;
  /** The most that memory grew by, bytes: heap and buffers, garbage that waits included. */
  grown: number;
}

const memory = (): number => {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
};

/** Pixels are not what is measured: a strip may be a thousand times smaller than what it decodes to. */
const maxPlaneBytes = 4 << 20;

/** Inspects a file and opens it as an image, and reads up to `planes` planes of it. */
export async function measureOpen(bytes: Uint8Array, planes = 1): Promise<Measured> {
  let read = 0;
  const start = process.cpuUsage();
  const before = memory();
  let most = before;
  const source: ByteSource = {
    size: bytes.length,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) throw new RangeError(`${offset}+${length}`);
      read += length;
      most = Math.max(most, memory());
      return bytes.slice(offset, offset + length);
    },
  };
  const attempt = async (work: () => Promise<unknown>): Promise<string> => {
    try {
      await work();
      return 'read';
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return `${error.code}: ${error.advice.why}`;
    } finally {
      most = Math.max(most, memory());
    }
  };
  const inspected = await attempt(() => inspectFile(source));
  const opened = await attempt(async () => {
    const image = await openImage(source, { maxPlaneBytes });
    let left = planes;
    for (const position of planePositions(image.info)) {
      if (left-- === 0) break;
      await image.readPlane({ ...position, channel: 0 });
    }
  });
  return {
    outcome: inspected === 'read' ? opened : inspected,
    milliseconds: millisecondsSince(start),
    read,
    grown: most - before,
  };
}

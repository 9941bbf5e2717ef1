import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, Measured } from '../benchmark.ts';
import { nucleiPlane, side40MB } from '../microscope-folder.ts';
import { takeTurns } from '../pairs.ts';
import { root } from '../tools.ts';

const run = promisify(execFile);

interface Variant {
  row: string;
  what: string;
  target: number;
  /** Bits and format of a sample, compression and predictor: the numbers of TIFF 6.0. */
  tags: readonly [bits: number, format: number, compression: number, predictor: number];
}

const variants: readonly Variant[] = [
  { row: 'tiff-uncompressed', what: '16-bit, uncompressed', target: 1, tags: [16, 1, 1, 1] },
  { row: 'tiff-deflate', what: '16-bit, deflate', target: 1, tags: [16, 1, 8, 1] },
  { row: 'tiff-lzw', what: '16-bit, LZW', target: 0.6, tags: [16, 1, 5, 1] },
  { row: 'tiff-float', what: 'float32, deflate with predictor 3', target: 1, tags: [32, 3, 8, 3] },
];

/** A strip of 256 kB of noisy samples: 0.64 ms of processor time by libdeflate, 1.4 ms by the zlib of Node 24. */
const deflateLimit =
  'libtiff inflates by libdeflate, Node by zlib, which takes 2.2 times the processor time for a strip: two threads come to 0.9x at most';

/** Our reader against libtiff on one thread; each decodes a file several times in a process, the fastest counts. */
export const tiffDecode: Benchmark = {
  rows: variants.map(({ row, what, target }) => ({
    name: row,
    what: `TIFF decode of 40 MB against libtiff: ${what}`,
    target: { atLeast: target },
  })),
  needs: ['libtiff'],
  async measure({ folder, quick }) {
    const [encode, decode] = [join(folder, 'tiff-encode'), join(folder, 'tiff-decode')];
    for (const program of ['tiff-encode', 'tiff-decode'])
      await run('cc', ['-O2', '-o', join(folder, program), join(root, `bench/reference/${program}.c`), '-ltiff']);
    const runs = quick ? 1 : 5;
    const measured: Record<string, Measured> = {};
    for (const { row, tags } of variants) {
      const file = join(folder, `${row}.tif`);
      const samples = samplesOf(tags[0], quick);
      const side = String(Math.sqrt(samples.length));
      await encodeFrom(samples, encode, [file, side, side, ...tags.map(String)]);
      const sums = new Set<string>();
      const timeOf = async (program: string, args: readonly string[]) => {
        const { stdout } = await run(program, [...args, String(runs), file]);
        const [, milliseconds, sum] = stdout.trim().split(' ');
        sums.add(sum!);
        return Number(milliseconds);
      };
      const turns = await takeTurns(
        quick ? 1 : 7,
        () => timeOf(process.execPath, [join(root, 'bench/tiff-decode.ts')]),
        () => timeOf(decode, []),
      );
      if (sums.size !== 1) throw new Error(`the two read different pixels of ${row}: ${[...sums].join(', ')}`);
      measured[row] = {
        ...turns,
        unit: 'ms',
        commands: [
          `ours: node bench/tiff-decode.ts ${runs} FILE`,
          `reference: cc -O2 bench/reference/tiff-decode.c -ltiff; tiff-decode ${runs} FILE`,
          `the file: ${side} x ${side}, written by bench/reference/tiff-encode.c, strips of 256 kB`,
          ...(row === 'tiff-deflate' ? [deflateLimit] : []),
        ],
      };
    }
    return measured;
  },
};

/** Nuclei with camera noise; as float32 in volts of the camera, say. 40 MB either way. */
function samplesOf(bits: number, quick: boolean): Uint16Array | Float32Array {
  const side = quick ? 256 : bits === 16 ? side40MB : Math.floor(side40MB / Math.SQRT2);
  const plane = nucleiPlane(side, 1);
  return bits === 16 ? plane : Float32Array.from(plane, (value) => value / 65535);
}

async function encodeFrom(samples: Uint16Array | Float32Array, program: string, args: readonly string[]) {
  const encoding = run(program, args);
  encoding.child.stdin!.end(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  await encoding;
}

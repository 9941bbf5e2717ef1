import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark, Measured } from '../benchmark.ts';
import { takeTurns } from '../pairs.ts';
import { writePlainTiff } from '../plain-tiff.ts';
import { pathOf, root } from '../tools.ts';

const run = promisify(execFile);

const side = 64;
const movie = 200_000;

/** A calcium movie: a directory a page, between the pages. Processor time of opening it, and of hashing all of its pages. */
export const tiffPages: Benchmark = {
  rows: [
    {
      name: 'tiff-pages-open',
      what: 'opening a TIFF of 200,000 pages against tifffile, processor time',
      target: { atLeast: 1 },
    },
    {
      name: 'tiff-pages-hash',
      what: 'reading and hashing each of 200,000 pages against tifffile, processor time',
      target: { atLeast: 1 },
    },
  ],
  needs: ['python'],
  async measure({ folder, quick }) {
    const file = join(folder, 'movie.tif');
    const planes = quick ? 200 : movie;
    const plane = Uint16Array.from({ length: side * side }, (_, i) => (i * 40_503) % 4096);
    await writePlainTiff(file, { height: side, width: side, planes, pixelSize: 0.5 }, (index) => {
      plane[0] = index;
      return plane;
    });
    const python = await pathOf('python');
    const measured: Record<string, Measured> = {};
    for (const what of ['open', 'hash']) {
      const results = new Set<string>();
      const secondsOf = async (program: string, script: string) => {
        const { stdout } = await run(program, [join(root, script), what, file]);
        const [seconds, result] = stdout.trim().split(' ');
        results.add(result!);
        return Number(seconds);
      };
      const turns = await takeTurns(
        quick ? 1 : 5,
        () => secondsOf(process.execPath, 'bench/tiff-pages.ts'),
        () => secondsOf(python, 'bench/reference/tiff-pages.py'),
      );
      if (results.size !== 1) throw new Error(`the two read different pages: ${[...results].join(', ')}`);
      measured[`tiff-pages-${what}`] = {
        ...turns,
        unit: 's',
        commands: [
          `ours: node bench/tiff-pages.ts ${what} FILE`,
          `reference: python bench/reference/tiff-pages.py ${what} FILE`,
          `the file: ${planes} pages of ${side} x ${side}, 16-bit, uncompressed, a directory after each`,
        ],
      };
    }
    return measured;
  },
};

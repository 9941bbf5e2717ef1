import type { PixelSize } from '../image.ts';

/** Micrometres of one pixel that a microscope can have, from super-resolution to a stereo microscope's overview. */
const smallest = 1e-3;
const largest = 100;
/** Micrometres between planes: serial sections lie further apart than pixels. */
const furthest = 1000;

/** Dots per inch that programs write for paper and screens; as a microscope's pixel (10 to 350 µm) they mean nothing. */
const printDensities = [72, 75, 96, 100, 120, 144, 150, 180, 200, 240, 266, 300, 350, 360, 400, 600, 720, 1200, 2400];

/** Also rounded to whole dots per centimetre or inch: 118 per centimetre is 300 per inch. */
const printDensityOf = (dotsPerInch: number): number | undefined =>
  printDensities.find((density) => Math.abs(dotsPerInch - density) <= Math.max(1e-3 * density, 0.51 * 2.54));

/** A pixel size, or why what the file has is none. */
export type FoundSize = { pixelSize?: PixelSize; noPixelSize?: string };

const rounded = (value: number): number => Number(value.toPrecision(4));

/** As the file has them, to what is no more than the error of a fraction. */
const dots = (across: number, down: number): string =>
  rounded(across) === rounded(down) ? `${rounded(across)}` : `${rounded(across)} x ${rounded(down)}`;
const isNear = (value: number, density: number): boolean => rounded(value) === density;

/**
 * Takes a size in micrometres as one that a microscope can have, or says why not. `x` and `y` from dots per inch or centimetre
 * (`paper`) are none either where they are a printer's density.
 */
export function checkedPixelSize(size: PixelSize, source: string, paper = false): FoundSize {
  const [across, down] = [25_400 / size.x, 25_400 / size.y];
  if (paper) {
    const [a, b] = [printDensityOf(across), printDensityOf(down)];
    if (a !== undefined && b !== undefined)
      return {
        noPixelSize: `${source}: ${dots(across, down)} dots per inch are a print density${isNear(across, a) && isNear(down, b) ? '' : ` (${a === b ? a : `${a} x ${b}`}, rounded)`}`,
      };
  }
  if ([size.x, size.y].some((side) => !(side >= smallest && side <= largest)))
    return {
      noPixelSize: `${source}: ${rounded(size.x)} x ${rounded(size.y)} µm${paper ? ` (${rounded(across)} x ${rounded(down)} dots per inch)` : ''} is no pixel of a microscope (1 nm to 100 µm)`,
    };
  const { z, ...plane } = size;
  return { pixelSize: z === undefined || !(z >= smallest && z <= furthest) ? plane : size };
}

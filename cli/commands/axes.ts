import { InvalidArgumentError } from 'commander';
import { parseAxes } from '../../functions/image/tiff/axes.ts';

export const axesHelp =
  'what the pages are, slowest first, of P positions, T times, Z depths, C channels: "T", "CT", "T3C2" (default: as the file says)';

/** Parses the value of --axes; whether it fits is known when a file is opened. */
export function axes(value: string): string {
  if (parseAxes(value) === undefined)
    throw new InvalidArgumentError('letters of P, T, Z and C, each once, slowest first, such as T or C2T3.');
  return value.trim().toUpperCase();
}

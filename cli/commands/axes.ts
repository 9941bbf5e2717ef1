import { InvalidArgumentError } from 'commander';

export const axesHelp =
  'what the pages are, slowest first, of P positions, T times, Z depths, C channels: "T", "CT", "T3C2" (default: as the file says)';

/** Parses the value of --axes; whether it fits is known when a file is opened. */
export function axes(value: string): string {
  const outer = value.trim().toUpperCase().replace(/YXS?$/, '');
  const names = outer.match(/[A-Z]/g) ?? [];
  if (!/^(?:[PTZC][0-9]{0,9})+$/.test(outer) || new Set(names).size !== names.length)
    throw new InvalidArgumentError('letters of P, T, Z and C, each once, slowest first, such as T or C2T3.');
  return outer;
}

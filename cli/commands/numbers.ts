import { InvalidArgumentError } from 'commander';

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number from 1 is needed');
  return value;
}

export function aboveZero(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0 is needed');
  return value;
}

/** More pixels than any plane has in a row. */
const widestPlane = 1_000_000;

/** Median diameter of objects, px. */
export function diameterPx(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value < widestPlane)) throw new InvalidArgumentError('a number of pixels from 1 is needed');
  return value;
}

const bytesOf: Record<string, number> = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** `500GB`, `1.5 TB`: decimal units, as disks are sold. */
export function byteSize(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kMGT]B)$/.exec(text) ?? [];
  const bytes = Math.round(Number(number) * (bytesOf[unit] ?? 0));
  if (bytes < 1) throw new InvalidArgumentError('a size is needed, such as 500GB');
  return bytes;
}

/** 0 lets the system choose one. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535 is needed');
  return value;
}

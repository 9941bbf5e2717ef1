const units = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Bytes in decimal units, three digits: 41943040 is `41.9 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

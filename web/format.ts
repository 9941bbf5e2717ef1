const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units, as disks and clouds count: 40 MB is 40,000,000 bytes. */
export function inBytes(bytes: number): string {
  let power = 0;
  let value = bytes;
  while (power < units.length - 1 && Math.round(value * 10) / 10 >= 1000) {
    value /= 1000;
    power++;
  }
  return `${power === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[power]}`;
}

const numbers = new Intl.NumberFormat('en');
/** US dollars. */
export const inDollars = (usd: number): string => (usd > 0 && usd < 0.005 ? '<$0.01' : `$${usd.toFixed(2)}`);
export const inNumbers = (value: number): string => numbers.format(value);

/** `120`, `3.14`, `0.00042`: four digits that count. */
export const inShort = (value: number): string =>
  Number.isInteger(value) ? inNumbers(value) : String(Number(value.toPrecision(4)));

/** Rounded to what helps to decide whether to wait: `40 s`, `3 min`, `2 h 10 min`. */
export function inDuration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 10) return 'a few seconds';
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

const months = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric', timeZone: 'UTC' });
/** `2026-08`. */
export const inMonth = (month: string): string => months.format(new Date(`${month}-01T00:00:00Z`));

const times = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
export const inTime = (iso: string): string => times.format(new Date(iso));

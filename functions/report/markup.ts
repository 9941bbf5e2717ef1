import { escapeHtml } from '../core/escape-html.ts';

/** Characters that HTML and XML cannot hold, and those that turn the writing round. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/** Any text for HTML, SVG and their quoted attributes; names of files may hold anything. */
export const markupText = (text: string): string => escapeHtml(text.toWellFormed().replace(unprintable, '\ufffd'));

/** Four significant digits, and all digits of whole numbers. */
export function shownNumber(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return value.toLocaleString('en');
  const rounded = Number(value.toPrecision(4));
  return Math.abs(rounded) >= 1e9 || (rounded !== 0 && Math.abs(rounded) < 1e-4)
    ? rounded.toExponential()
    : rounded.toLocaleString('en', { maximumFractionDigits: 8 });
}

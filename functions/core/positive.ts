import { cleanName } from './channel-columns.ts';

/**
 * Above which mean an object is positive in a channel: a number, in units of the samples; Otsu's threshold of the means of
 * all objects of the job; or so many standard deviations above the background of each plane (`bg+3`).
 */
export type Threshold = number | 'otsu' | `bg+${number}`;

/** One channel, by zero-based index or by name, in which objects are positive or not. */
export interface PositiveRule {
  channel: number | string;
  threshold: Threshold;
}

/** Each doubles the combinations that are counted. */
export const mostRules = 6;

const numberText = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
export const backgroundText = /^bg\+(\d+(?:\.\d+)?)$/;

/** `otsu`, `800`, `bg+3`; undefined for anything else. */
function parseThreshold(text: string): Threshold | undefined {
  if (text === 'otsu') return text;
  if (backgroundText.test(text)) return text as Threshold;
  return numberText.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined;
}

/** `GFP=otsu`: the last `=` counts, as names may have some. Undefined for what is none. */
export function parseRule(text: string): PositiveRule | undefined {
  const at = text.lastIndexOf('=');
  const channel = text.slice(0, Math.max(0, at)).trim();
  const threshold = parseThreshold(
    text
      .slice(at + 1)
      .trim()
      .toLowerCase(),
  );
  return channel === '' || threshold === undefined ? undefined : { channel, threshold };
}

/** What a rule's channel is called in the tables of a job, whose images may call it otherwise. */
export const ruleName = ({ channel }: PositiveRule): string =>
  /^\d+$/.test(String(channel)) ? cleanName(undefined, Number(channel)) : cleanName(String(channel), 0);

/** Whether rules have names of their own and are not too many. */
export const areRules = (rules: readonly PositiveRule[]): boolean =>
  rules.length <= mostRules && new Set(rules.map((rule) => ruleName(rule).toLowerCase())).size === rules.length;

/** How many standard deviations above the background; undefined for other thresholds. */
export function sigmasOf(threshold: Threshold): number | undefined {
  const text = typeof threshold === 'string' ? backgroundText.exec(threshold)?.[1] : undefined;
  return text === undefined ? undefined : Number(text);
}

/**
 * Every combination, from all positive to none: `GFP+ RFP+`, `GFP+ RFP-`, `GFP- RFP+`, `GFP- RFP-`. `combinationOf` says
 * where an object counts.
 */
export function combinationNames(rules: readonly PositiveRule[]): string[] {
  const names = rules.map(ruleName);
  return Array.from({ length: 2 ** rules.length }, (_, i) =>
    names.map((name, j) => `${name}${(i >> (rules.length - 1 - j)) & 1 ? '-' : '+'}`).join(' '),
  );
}

/** Where an object counts: by whether it is positive, a rule each; undefined where that cannot be said of one. */
export function combinationOf(positive: readonly (boolean | undefined)[]): number | undefined {
  let at = 0;
  for (const each of positive) {
    if (each === undefined) return undefined;
    at = 2 * at + (each ? 0 : 1);
  }
  return at;
}

/** An object is positive where its mean is above the threshold; undefined where either is not known. */
export const isPositive = (mean: number, threshold: number): boolean | undefined =>
  Number.isFinite(mean) && Number.isFinite(threshold) ? mean > threshold : undefined;

import type { FigureView } from '../../functions/contract/gallery.ts';
import type { FigureScope, Licence } from '../../functions/core/figure.ts';

/** What is typed of a card. */
export interface CardWords {
  caption: string;
  /** Empty: nobody is named. */
  by: string;
  /** Empty: all rights reserved. */
  licence: Licence | '';
  scope: FigureScope;
  /** `2026-12-31`; empty: it stays. */
  until: string;
}

/** Days that a public card lasts where nothing else is chosen, and at most. */
const usualDays = 30;
const mostDays = 365;
const dayMs = 24 * 60 * 60 * 1000;

/** A day as a field of dates has it, in this browser's time. */
export function dayAfter(now: number, days: number): string {
  const date = new Date(now + days * dayMs);
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last moment of a day, as ISO 8601. */
export const endOfDay = (day: string): string => new Date(`${day}T23:59:59`).toISOString();

/** The days that may be chosen: tomorrow, and for the public a year. */
export const daysOf = (scope: FigureScope, now: number): { min: string; max?: string } => ({
  min: dayAfter(now, 1),
  ...(scope === 'public' && { max: dayAfter(now, mostDays) }),
});

/** With another scope: a public card has an end, one of the lab has none unless one was chosen for it. */
export const withScope = (words: CardWords, scope: FigureScope, now: number): CardWords => ({
  ...words,
  scope,
  until: scope === 'public' ? words.until || dayAfter(now, usualDays) : '',
});

export const wordsOf = ({ caption, by = '', licence, scope, until }: FigureView): CardWords => ({
  ...{ caption, by, licence: licence ?? '', scope },
  until: until === undefined ? '' : dayAfter(Date.parse(until), 0),
});

/** As the API takes them: what is empty is said to be nothing. */
export const bodyOf = ({ caption, by, licence, scope, until }: CardWords) => ({
  caption: caption.trim(),
  by: by.trim() || null,
  licence: licence || null,
  scope,
  until: until === '' ? null : endOfDay(until),
});

/** Who sees a card of the gallery: whoever may sign in, or everybody who has its address. */
export const figureScopes = ['lab', 'public'] as const;
export type FigureScope = (typeof figureScopes)[number];

/** Licences that a card may name, by their SPDX ids; one without has all rights reserved. */
export const licences = [
  ...(['CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0'] as const),
  ...(['CC-BY-NC-ND-4.0', 'CC0-1.0'] as const),
] as const;
export type Licence = (typeof licences)[number];

/** A public card lasts for so long where its owner says nothing, and at most. */
export const publicDays = { usual: 30, most: 366 } as const;

/** One PNG of a card: pixels and bytes. */
export interface FigurePicture {
  height: number;
  width: number;
  bytes: number;
}

/**
 * A card of the gallery: one result that its owner published. It has its own pictures and words, so that it stays when its
 * job goes.
 */
export interface Figure {
  /** As `figureId` makes it: ids order by time. */
  id: string;
  /** Account id of who published it. */
  owner: string;
  /** Where it came from; shown to its owner only. */
  from: { job: string; path: string };
  caption: string;
  /** Whom it names as its author; absent: nobody. */
  by?: string;
  licence?: Licence;
  scope: FigureScope;
  /** Milliseconds since 1970, after which the card goes; absent: it stays. */
  until?: number;
  model: { name: string; version: string; sha256: string };
  /** How many objects, in words. */
  counted: string;
  /** Micrometres of the scale bar in the picture; absent: it has none. */
  barMicrometres?: number;
  picture: FigurePicture;
  thumbnail: FigurePicture;
  /** Milliseconds since 1970. */
  publishedAt: number;
}

/** Digits in base 36 that order milliseconds as text, for millions of years. */
const timeDigits = 9;
const randomDigits = 20;

/** An id that orders by its time and cannot be guessed. `random`: fresh, with letters, digits and dashes. */
export const figureId = (publishedAt: number, random: string): string =>
  `${publishedAt.toString(36).padStart(timeDigits, '0')}-${random.replaceAll('-', '').slice(-randomDigits)}`;

/** The card is over at this time, ms since 1970. */
export const isOver = ({ until }: Pick<Figure, 'until'>, now: number): boolean => until !== undefined && until <= now;

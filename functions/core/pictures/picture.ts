import type { StoredFailure } from '../job.ts';

/** What a person can agree to: that a picture of theirs is processed, and that the lab sees what came of it. */
export const purposes = ['process', 'share-lab'] as const;
export type Purpose = (typeof purposes)[number];

/**
 * `waiting`: its bytes are awaited. `held`: they are there, consent is not. `reviewing`: a person looks at the regions
 * before they are transformed. `shown` and `hidden`: it was completed. A withdrawn picture loses its row as soon as its
 * objects are removed.
 */
export const pictureStates = [
  ...(['waiting', 'held', 'cropping', 'reviewing', 'swapping', 'completing'] as const),
  ...(['shown', 'hidden', 'failed', 'withdrawn'] as const),
] as const;
export type PictureState = (typeof pictureStates)[number];

/** Who sees a completed picture. */
export const audiences = ['owner', 'lab'] as const;
export type Audience = (typeof audiences)[number];

export interface PictureRef {
  owner: string;
  id: string;
}

/** A rectangle of pixels of the upright picture; `x` and `y` of its upper left. `score`: of a detector, 0 to 1. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  score?: number;
}

/** A picture that is given to a container beside the photograph. */
export interface BaseChoice {
  id: string;
  story: string;
}

/** What whoever uploads a picture says of it, and what its recipe adds. */
export interface NewPicture extends PictureRef {
  recipe: string;
  /** Purposes that must stand before a byte of it is read, and while it is shown. */
  needs: readonly Purpose[];
  labels: Record<string, string>;
  show: Audience;
  /** Minutes for which it is shown; absent: until somebody hides it. */
  keepMinutes?: number;
  base?: BaseChoice;
}

export interface Picture extends NewPicture {
  state: PictureState;
  /** Order of uploads of its owner, from 1. */
  number: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  changedAt: number;
  /** When the next look at it is due, where something is awaited (stages/tidy-pictures). */
  dueAt?: number;
  heldSince?: number;
  shownAt?: number;
  /** Of the upright picture, in pixels; since its regions are known. */
  size?: { width: number; height: number };
  regions?: readonly Region[];
  /** Who looked at its regions. */
  reviewedBy?: Actor;
  failure?: StoredFailure;
}

/** What a person said last of a purpose, and of which version of which agreement. */
export interface Consent {
  agree: boolean;
  agreement: string;
  version: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** What is kept of one person, changed together with their pictures. */
export interface PicturePerson {
  owner: string;
  /** Number of their latest upload, and of their latest agreement record. */
  pictures: number;
  records: number;
  entries: number;
  consents: Partial<Record<Purpose, Consent>>;
  /** Number of their latest upload when a purpose was last declined: that one and those before go, whatever is said later. */
  withdrawn?: Partial<Record<Purpose, number>>;
  /** What is shown of them now. */
  display?: Display;
}

/** `number`: of the picture; a display never goes back to an earlier upload. `needs`: of the picture. */
interface Display {
  id: string;
  number: number;
  shownAt: number;
  needs: readonly Purpose[];
}

/** Who did something with a picture: not by name, so that whoever leaves the lab is in nobody else's history. */
export const actors = ['owner', 'admin'] as const;
export type Actor = (typeof actors)[number];

/** Why a picture left the display. */
export const hideReasons = ['newer', 'withdrawn', 'lapsed', 'expired', 'deleted'] as const;
export type HideReason = (typeof hideReasons)[number];

/** One change of a person's display. Append-only; `entry` counts them, from 1. */
export interface DisplayEntry {
  entry: number;
  id: string;
  number: number;
  change: 'shown' | 'hidden';
  why?: HideReason;
  /** Who hid it; absent where the service did. */
  by?: Actor;
  at: number;
}

export const newPerson = (owner: string): PicturePerson => ({
  owner,
  pictures: 0,
  records: 0,
  entries: 0,
  consents: {},
});

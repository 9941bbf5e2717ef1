import type { AgreementRecord, AgreementVersion, Decision, NewVersion } from '../core/pictures/agreement.ts';
import type { BaseResource } from '../core/pictures/base-resource.ts';
import type { PictureList } from '../core/pictures/list-of.ts';
import type { DisplayEntry, NewPicture, Picture, PicturePerson, PictureRef } from '../core/pictures/picture.ts';
import type { Step } from '../core/pictures/transitions.ts';
import type { Page } from './job-store.ts';

export interface ListPage {
  cursor?: string;
  /** Default: 100. */
  limit?: number;
}

/**
 * Pictures, what is shown of whom, and what people agreed to: rows of the one table. A change of a picture, of its owner's
 * display and consent, and of the history is one atomic step by a rule of core/pictures/transitions, and the steps of one
 * owner are in one order. What was acknowledged survives the death of the process.
 */
export interface Pictures {
  /** In state `waiting`, with the next number of its owner; undefined where the owner has a picture of this id. */
  add(picture: NewPicture): Promise<Picture | undefined>;
  get(ref: PictureRef): Promise<Picture | undefined>;
  /** The picture as it is then; undefined where the step does not apply, or there is no such picture. */
  take(ref: PictureRef, step: Step): Promise<Picture | undefined>;
  /** Forgets the row; the history of the display stays. */
  remove(ref: PictureRef): Promise<void>;
  /** Of one owner, newest upload first. */
  list(owner: string, page?: ListPage): Promise<Page<Picture>>;
  /** What is shown of a person, and what they agreed to; the empty person where nothing is known. */
  person(owner: string): Promise<PicturePerson>;
  /** Changes of the display of a person, newest first. */
  history(owner: string, page?: ListPage): Promise<Page<DisplayEntry>>;
  /** Shown to the lab, or waiting for a review; newest first. May lag behind; each is as it is now. */
  inList(list: PictureList, page?: ListPage): Promise<Page<Picture>>;
  /** Whose look is due at `now` (ms since 1970), the longest overdue first, at most `limit`. May lag behind. */
  due(now: number, limit: number): Promise<Picture[]>;
  /** Appends a record; what it withdraws leaves the display in the same step. */
  decide(decision: Decision): Promise<AgreementRecord>;
  /** Of one person, newest first. */
  records(owner: string, page?: ListPage): Promise<Page<AgreementRecord>>;
  /** All rows of one owner; repeat it when it was cut off. */
  forgetOwner(owner: string): Promise<void>;
}

/** Texts of agreements. A version never changes. */
export interface Agreements {
  /** With the next number of its agreement. */
  publish(version: NewVersion): Promise<AgreementVersion>;
  /** All versions of all agreements, in order of name and number. */
  versions(): Promise<AgreementVersion[]>;
}

/** Pictures that containers are given beside a photograph; their bytes are objects (core/object-keys `baseRef`). */
export interface BaseResources {
  /** One of this recipe and id that is there stays as it is. */
  add(base: BaseResource): Promise<void>;
  /** Those of a recipe, in order of their ids. */
  list(recipe: string): Promise<BaseResource[]>;
  remove(recipe: string, id: string): Promise<void>;
}

import { z } from 'zod';
import { actors, audiences, hideReasons, pictureStates, purposes } from '../core/pictures/picture.ts';
import { pictureTypes } from '../core/pictures/recipe.ts';
import { count, cursor, pageLimit, printable, text, time } from './fields.ts';
import { failureView } from './jobs.ts';
import { apiLimits } from './limits.ts';
import { download } from './results.ts';
import { accountId } from './shares.ts';
import { signedRequest } from './signed-request.ts';

const pictureId = z.string().regex(/^[0-9a-f]{8}$/);
const recipeName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const label = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/);
const labels = z.record(label, z.string().regex(printable));
const pixel = z.number().min(0).max(100_000);

/** A rectangle in pixels of the upright picture, from its upper left. */
const region = z.object({
  x: pixel,
  y: pixel,
  width: pixel.gt(0),
  height: pixel.gt(0),
  /** Of a detector, 0 to 1. */
  score: z.number().min(0).max(1).optional(),
});

export const recipeView = z.object({
  name: recipeName,
  /** What it is called, and in a line what it does. */
  title: z.string(),
  about: z.string(),
  accepts: z.array(z.enum(pictureTypes)),
  consent: z.array(z.enum(purposes)),
  /** What an upload must say of itself. */
  labels: z.array(label),
  show: z.enum(audiences),
  review: z.boolean(),
  /** The original goes as soon as its regions are found. */
  deleteOriginal: z.boolean(),
  keepMinutes: count.optional(),
  /** Its containers are there. */
  usable: z.boolean(),
});
export const recipeList = z.object({ items: z.array(recipeView) });

export const newPictureBody = z.strictObject({
  recipe: recipeName,
  labels: labels.default({}),
  bytes: z.int().min(1).max(apiLimits.pictureBytes),
});

export const pictureParams = z.object({ picture: pictureId });
export const picturesQuery = z.object({ cursor: cursor.optional(), limit: pageLimit(apiLimits.picturesPage) });

export const pictureView = z.object({
  id: pictureId,
  /** Whose it is. */
  person: accountId,
  recipe: recipeName,
  labels,
  needs: z.array(z.enum(purposes)),
  show: z.enum(audiences),
  state: z.enum(pictureStates),
  /** Order of uploads of its owner. */
  number: z.int().positive(),
  createdAt: time,
  changedAt: time,
  shownAt: time.optional(),
  /** Of its base picture. */
  story: z.string().optional(),
  /** Of the upright picture, in pixels. */
  size: z.object({ width: count, height: count }).optional(),
  regions: z.array(region).optional(),
  failure: failureView.optional(),
});

/** `download`: what is shown; absent where nothing is, or consent does not stand. */
export const shownPicture = pictureView.extend({ download: download.optional() });
export const picturePage = z.object({ items: z.array(shownPicture), cursor: z.string().optional() });
export const newPictureView = z.object({ picture: pictureView, request: signedRequest });

/** What is shown of the caller now; absent where nothing is. */
export const displayView = z.object({ picture: shownPicture.optional() });

const displayEntry = z.object({
  picture: pictureId,
  number: z.int().positive(),
  change: z.enum(['shown', 'hidden']),
  why: z.enum(hideReasons).optional(),
  /** Absent where the service did it. */
  by: z.enum(actors).optional(),
  at: time,
});
export const displayHistory = z.object({ items: z.array(displayEntry), cursor: z.string().optional() });

export const reviewParams = z.object({ person: accountId, picture: pictureId });
/** `show: false`: nothing of it is ever shown; its regions do not matter then. */
export const reviewBody = z.strictObject({ regions: z.array(region).max(200), show: z.boolean().default(true) });
/** The upright picture, as its regions were found in it. */
export const reviewView = z.object({ picture: pictureView, download });

const baseView = z.object({
  recipe: recipeName,
  id: pictureId,
  labels,
  story: z.string(),
  addedAt: time,
  download: download.optional(),
});
export const baseList = z.object({ items: z.array(baseView) });
export const basesQuery = z.object({ recipe: recipeName });
export const newBaseBody = z.strictObject({
  recipe: recipeName,
  labels,
  story: text(4000).default('-'),
  bytes: z.int().min(1).max(apiLimits.pictureBytes),
});
export const newBaseView = z.object({ base: baseView, request: signedRequest });
export const baseParams = z.object({ recipe: recipeName, base: pictureId });

export type BaseView = z.infer<typeof baseView>;
export type PictureView = z.infer<typeof pictureView>;
export type ShownPicture = z.infer<typeof shownPicture>;

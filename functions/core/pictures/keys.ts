import type { PictureMessage } from '../messages.ts';
import type { ObjectRef } from '../object-keys.ts';
import type { PictureRef } from './picture.ts';

/*
 * Keys of the bucket `pictures`. Each kind has a folder of its own, so that what arrives there can start what comes next;
 * below it one folder an owner.
 */

/** Folder to ending: as sent, upright and without its metadata, as shown. */
const kinds = { 'face-image': 'jpeg', 'face-cropped': 'png', results: 'jpg' } as const;
type Kind = keyof typeof kinds;

const keyOf = (kind: Kind, { owner, id }: PictureRef): ObjectRef => ({
  bucket: 'pictures',
  key: `${kind}/${owner}/${id}.${kinds[kind]}`,
});

export const sentPictureRef = (picture: PictureRef): ObjectRef => keyOf('face-image', picture);
export const uprightRef = (picture: PictureRef): ObjectRef => keyOf('face-cropped', picture);
export const resultPictureRef = (picture: PictureRef): ObjectRef => keyOf('results', picture);

/** What containers are given and give, until the picture is completed; it ends in `/`. */
const stepsFolder = 'steps';
/** All of everybody's steps. */
export const allSteps = `${stepsFolder}/`;
export const stepsPrefix = ({ owner, id }: PictureRef): string => `${stepsFolder}/${owner}/${id}/`;
export const stepRef = (picture: PictureRef, name: string): ObjectRef => ({
  bucket: 'pictures',
  key: stepsPrefix(picture) + name,
});

/** A picture that containers are given beside a photograph. No owner's. */
export const baseRef = (recipe: string, id: string): ObjectRef => ({
  bucket: 'pictures',
  key: `bases/${recipe}/${id}`,
});

/** Everything of one owner lies below one of these; each ends in `/`. */
export const picturePrefixes = (owner: string): string[] =>
  [...Object.keys(kinds), stepsFolder].map((folder) => `${folder}/${owner}/`);

/** Folders in which a new object starts a stage, and which. */
const starts: Readonly<Record<Kind, 'crop' | 'swap' | 'complete'>> = {
  'face-image': 'crop',
  'face-cropped': 'swap',
  results: 'complete',
};

/** Prefixes of the keys whose arrival is announced. */
export const announcedPrefixes = Object.keys(starts).map((folder) => `${folder}/`);

/** What a new object of the bucket starts; undefined for one that starts nothing. */
export function pictureMessageOf(key: string): (PictureMessage & { id: string }) | undefined {
  const [, kind, owner, id] = /^([a-z-]+)\/([^/]+)\/([^/]+)\.[a-z]+$/.exec(key) ?? [];
  if (kind === undefined || owner === undefined || id === undefined || !Object.hasOwn(starts, kind)) return undefined;
  return { kind: starts[kind as Kind], owner, id };
}

/** The base resource that a key belongs to. */
export function baseOfKey(key: string): { recipe: string; id: string } | undefined {
  const [, recipe, id] = /^bases\/([^/]+)\/([^/]+)$/.exec(key) ?? [];
  return recipe === undefined || id === undefined ? undefined : { recipe, id };
}

/** The picture that a step's object belongs to. */
export function pictureOfStep(key: string): PictureRef | undefined {
  const [, owner, id] = /^steps\/([^/]+)\/([^/]+)\/[^/]+$/.exec(key) ?? [];
  return owner === undefined || id === undefined ? undefined : { owner, id };
}

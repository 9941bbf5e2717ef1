import type { Messages } from './messages.ts';
import { type ObjectRef, splitKey } from './object-keys.ts';
import { pictureMessageOf } from './pictures/keys.ts';

/** A message that an object's arrival is. */
export type Announcement = { [Q in 'files' | 'pictures']: { queue: Q; body: Messages[Q] } }['files' | 'pictures'];

/** The message that a new object becomes; undefined where its arrival starts nothing. */
export function announcementOf({ bucket, key }: ObjectRef): Announcement | undefined {
  if (bucket === 'inputs') return { queue: 'files', body: splitKey(key) };
  const body = bucket === 'pictures' ? pictureMessageOf(key) : undefined;
  return body && { queue: 'pictures', body };
}

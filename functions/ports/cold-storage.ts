import type { RestoreTier } from '../core/job-storage.ts';
import type { ObjectRef } from '../core/object-keys.ts';

/**
 * Of an object in cold storage. `frozen`: it cannot be read. `thawing`: a copy that can be read is on its way.
 * `readableUntil` (ms since 1970): the copy is there until then, and after that the object is frozen again.
 */
export type Cold = 'frozen' | 'thawing' | { readableUntil: number };

export interface ThawRequest {
  /** How fast: minutes, or hours at a lower price. A store without such a choice takes both for the same. */
  tier: RestoreTier;
  /** How long the copy that can be read is kept, unless `thaw` comes first. */
  days: number;
}

/**
 * `started`: by this request. `running`: by an earlier one. `ready`: `thaw` can be called. `noCapacity`: nothing was
 * started, the store has no room for this tier now; the other may be asked for.
 */
type ThawAnswer = 'started' | 'running' | 'ready' | 'noCapacity';

/**
 * Slow storage at a low price, for objects that stay what they are: same key, size and checksum. Each step may be
 * repeated; one that ended half-way left the object where it was. Bytes are copied by the store, not by its caller.
 * Failures: `objectMissing`, `objectFrozen`, `objectCorrupt` (the copy differs: the object stays where it is), `noSpace`,
 * `storeUnwritable`, `archiveAway` (the storage cannot be reached; nothing is lost).
 */
export interface ColdStorage {
  /** Moves an object into cold storage; one that is there already is left alone. */
  freeze(ref: ObjectRef): Promise<void>;
  /** Asks for a frozen object. One that is not in cold storage is `ready`. */
  requestThaw(ref: ObjectRef, request: ThawRequest): Promise<ThawAnswer>;
  /** Moves an object that is `ready` back; `objectFrozen` where it is not. One that is not in cold storage is left alone. */
  thaw(ref: ObjectRef): Promise<void>;
}

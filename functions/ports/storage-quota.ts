import type { ObjectRef } from '../core/object-keys.ts';

/** Why so many bytes more do not fit. All in bytes. */
export interface Shortage {
  /** What ends first: what the service may keep, or the disk it is on. */
  of: 'budget' | 'disk';
  used: number;
  /** Set aside for uploads that were signed and have not arrived. */
  reserved: number;
  limit: number;
}

/** What of the store is used. All in bytes. */
interface StorageUse {
  used: number;
  /** Set aside for uploads that were signed and have not arrived. */
  reserved: number;
  /** What the disk has left beyond what is kept free. */
  free: number;
  /** What the service may keep; absent: what the disk has. */
  budget?: number;
}

/** The store of objects, where it is limited: the disk of one machine. */
export interface StorageQuota {
  /**
   * Sets bytes aside for objects that are to be sent, until they have come or the seconds are over; for those that are
   * there it needs none. Where they do not fit together, nothing is set aside.
   */
  reserve(wanted: readonly { ref: ObjectRef; bytes: number }[], seconds: number): Promise<Shortage | undefined>;
  /** Gives back what is set aside for objects that do not come any more. */
  release(refs: readonly ObjectRef[]): void;
}

/** One whose use can be shown. */
export interface MeasuredStorage extends StorageQuota {
  use(): Promise<StorageUse>;
}

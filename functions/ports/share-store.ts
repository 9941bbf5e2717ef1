import type { JobRef } from '../core/object-keys.ts';
import type { Page } from './job-store.ts';

/** A job that its owner lets another person of the lab see. */
export interface Share {
  job: JobRef;
  /** Account id of the person who sees it. */
  member: string;
  /** Addresses as they were when it was shared: what is shown. */
  memberEmail: string;
  ownerEmail: string;
  /** Milliseconds since 1970. */
  sharedAt: number;
}

/**
 * Which jobs are shared with whom. JobStore.remove removes those of its job. What was acknowledged survives the death of
 * the process.
 */
export interface ShareStore {
  /** The share as it is then: one that is there stays as it is. Throws `jobMissing`. */
  add(share: Share): Promise<Share>;
  /** From then on `find` does not give it; nothing happens where it is missing. */
  remove(job: JobRef, member: string): Promise<void>;
  /** By which a member sees the job of this id. */
  find(member: string, id: string): Promise<Share | undefined>;
  /** Of one job, the oldest first. */
  ofJob(job: JobRef): Promise<Share[]>;
  /** What a member sees of others, newest first. `limit`: default 100. */
  withMember(member: string, page?: { cursor?: string; limit?: number }): Promise<Page<Share>>;
  /** What an owner shares, newest first. `limit`: default 100. */
  byOwner(owner: string, page?: { cursor?: string; limit?: number }): Promise<Page<Share>>;
}

import type { StoredFailure } from '../core/job.ts';
import type {
  ModelFacts,
  ModelLine,
  ModelRegistry,
  ModelUpload,
  ModelVersion,
  Offerer,
  ReadyVersion,
} from '../core/model-version.ts';
import type { BuildSource, VersionBuild } from '../core/version-build.ts';

/**
 * The registry of models that are added while a service runs: rows of the one table; packages are objects (core/object-keys
 * `packageRef`). Every change is a conditional transition (rules: core/model-version) that returns the row as it is then, or
 * undefined where it did not apply or there is no such version. What was acknowledged survives the death of the process.
 */
export interface Models {
  /** A version in state `added`; an id that is there is left alone and returned as it is. */
  add(upload: ModelUpload): Promise<ModelVersion>;
  get(id: string): Promise<ModelVersion | undefined>;
  /** All versions and lines, of one moment. */
  all(): Promise<ModelRegistry>;
  /** added | checking -> checking, one attempt more. */
  startCheck(id: string): Promise<ModelVersion | undefined>;
  /**
   * checking -> ready, with the next number of its name. Another version that is ready with the same package is returned
   * instead, and nothing changes.
   */
  accept(id: string, facts: ModelFacts): Promise<ReadyVersion | { known: ReadyVersion } | undefined>;
  /** added | checking -> building. */
  startBuild(id: string, of: BuildSource): Promise<ModelVersion | undefined>;
  /** How far the build of a version that is `building` is; undefined where another build is followed. */
  followBuild(id: string, build: VersionBuild): Promise<ModelVersion | undefined>;
  /** building -> added, with the image that was built. */
  endBuild(id: string, image: string): Promise<ModelVersion | undefined>;
  /** added | checking | building -> refused. */
  refuse(id: string, failure: StoredFailure): Promise<ModelVersion | undefined>;
  /** added | checking | building | refused -> added, with no attempt; an image that was built stays. */
  checkAgain(id: string): Promise<ModelVersion | undefined>;
  /** New jobs use this version: it must be ready and newer than what is offered of its name. Of several at once the newest stays. */
  offer(id: string, by: Offerer): Promise<ModelLine | undefined>;
  /** added | building | ready | refused -> retired: no new job uses it; what a job pinned stays. */
  retire(id: string): Promise<ModelVersion | undefined>;
  /** Takes a person out of what they added and offered, which stays; repeat it when it was cut off. */
  forgetPerson(id: string): Promise<void>;
}

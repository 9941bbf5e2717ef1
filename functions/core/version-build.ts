/** One step of a build, as its builder names it. */
export interface BuildPhase {
  name: string;
  state: 'running' | 'succeeded' | 'failed';
  /** Absent while it runs. */
  seconds?: number;
  /** What the builder says of a failure. */
  why?: string;
}

/** What an image is built of. */
export interface BuildSource {
  /** sha256 of the package. */
  source: string;
  /** Path of the Dockerfile in it. */
  dockerfile: string;
}

/** How the image of a version is built, and what came of it. */
export interface VersionBuild extends BuildSource {
  /** Of the build; absent until it was started. */
  id?: string;
  /** In order; those that have begun. */
  phases: readonly BuildPhase[];
  /** Last lines of the log of a build that failed. */
  lines?: readonly string[];
  /** By its digest, once it is there. */
  image?: string;
}

import type { BuildPhase } from '../core/version-build.ts';

/** An image that was built, by its digest: a tag can move, a digest cannot. */
export interface BuiltImage {
  /** `registry/repository@sha256:…`. */
  image: string;
  /** Known vulnerabilities by severity, as far as the registry has scanned it; absent: not yet. */
  findings?: Readonly<Record<string, number>>;
}

export interface BuildStatus {
  state: 'running' | 'succeeded' | 'failed';
  /** In order; those that have begun. */
  phases: readonly BuildPhase[];
  /** Last lines of the log of a build that failed, 50 at most. */
  lines: readonly string[];
}

interface StartOptions {
  /** Path in the source. Default: `Dockerfile`. */
  dockerfile?: string;
  /** Of two starts with the same token, at most five minutes apart, the second gives the build of the first. */
  token?: string;
}

/** Makes images of sources. A source is a zip with a Dockerfile; its name is the sha256 of its bytes. */
export interface Builds {
  /** The image of a source; undefined while none was built. */
  find(source: string): Promise<BuiltImage | undefined>;
  /** Starts the build of a source that is stored, or joins the one that runs. Returns the id of the build. */
  start(source: string, options?: StartOptions): Promise<string>;
  /** Throws where there is no such build. */
  status(build: string): Promise<BuildStatus>;
}

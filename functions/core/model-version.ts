import type { StoredFailure } from './job.ts';
import type { BuildSource, VersionBuild } from './version-build.ts';

/**
 * `added`: its package is awaited, or waits to be checked. `building`: so does the image that its Dockerfile makes. Only
 * what is `ready` can be offered; `retired` was ready, and is kept for the jobs that use it.
 */
export const modelStates = ['added', 'building', 'checking', 'ready', 'refused', 'retired'] as const;
type ModelState = (typeof modelStates)[number];

/** One map of the package's own test, as it was predicted here. */
interface CheckedMap {
  output: string;
  /** Largest absolute difference of any pixel from the expected map, and the most that is allowed. */
  maxDifference: number;
  tolerance: number;
}

/** What a package says of itself, and what its check found. */
export interface ModelFacts {
  /** sha256 of the package: what a job pins. */
  package: string;
  name: string;
  /** As the package calls its version. */
  version: string;
  /** sha256 of the weights (of a container: of the description), and of the description. */
  weights: string;
  definition: string;
  description: string;
  /** As the API shows them (contract/service). */
  inputChannels: number;
  /** The image that runs it, by its digest; absent for ONNX weights. */
  container?: string;
  defaultChannel?: number | string;
  greyFromRgb: boolean;
  /** SPDX id. */
  licence?: string;
  authors: string[];
  /** Bytes of its documentation, where there is one, which is beside it (core/object-keys `cardRef`). */
  card?: number;
  /** Of its picture, where there is one (`coverRef`): media type and bytes. */
  cover?: { type: string; bytes: number };
  maps: CheckedMap[];
}

/** What whoever adds a package says of it. */
export interface ModelUpload {
  /** Names the version from its upload on. */
  id: string;
  /** What the check found; `onnx` until then. */
  kind: 'onnx' | 'container';
  /** Of the package's zip. */
  bytes: number;
  /** `sub` and, for people, name of who added it. */
  by: string;
  byName?: string;
  /** Id of the version that it was made from. */
  parent?: string;
  /** By name: `f1@0.5` and the like, as measured by whoever adds it. */
  scores?: Record<string, number>;
}

/** One version of a model. What is checked never changes but for its state. */
export interface ModelVersion extends ModelUpload {
  state: ModelState;
  /** Milliseconds since 1970. */
  addedAt: number;
  changedAt: number;
  /** Checks that were begun since the version was added or asked to be checked again. */
  attempts: number;
  /** From 1, counted for each name as versions become ready; 0 is what the service was deployed with. */
  revision?: number;
  /** Since it was ready. */
  facts?: ModelFacts;
  /** Why it is refused. */
  failure?: StoredFailure;
  /** Of a version whose package has a Dockerfile for its image. */
  build?: VersionBuild;
}

export type ReadyVersion = ModelVersion & Required<Pick<ModelVersion, 'revision' | 'facts'>>;

/** All versions of one name. */
export interface ModelLine {
  name: string;
  /** Highest number given out. */
  last: number;
  /** What new jobs use; it only grows. Absent: what the service was deployed with, if anything. */
  offered?: number;
  /** Who offered it, in words for people, and when (ms since 1970). */
  offeredBy?: string;
  /** The `sub` of that person; absent in lines of versions before it. */
  offeredById?: string;
  offeredAt?: number;
}

/** Who offers a version: `sub`, and a name for people. */
export interface Offerer {
  id: string;
  name: string;
}

/** All that a service knows of models that were added to it. */
export interface ModelRegistry {
  /** Newest first. */
  versions: ModelVersion[];
  lines: ModelLine[];
}

/*
 * Transitions: as in core/transitions, each takes the record as stored and returns the new one, or undefined where the
 * change does not apply; an adapter runs one and its write as one atomic step. `now`: ms since 1970.
 *
 *   added -> checking -> ready -> retired      added | checking -> refused -> added (again)      added | refused -> retired
 *   added | checking -> building -> added (with an image) | refused | retired
 */

export const newVersion = (upload: ModelUpload, now: number): ModelVersion => ({
  ...upload,
  state: 'added',
  addedAt: now,
  changedAt: now,
  attempts: 0,
});

/** Also of a check that was cut off. */
export const startCheck = (version: ModelVersion, now: number): ModelVersion | undefined =>
  version.state === 'added' || version.state === 'checking'
    ? { ...version, state: 'checking', attempts: version.attempts + 1, changedAt: now }
    : undefined;

/** Its image has to be built first. What ends a process then is not its check, so no attempt is counted. */
export const startBuild = (version: ModelVersion, of: BuildSource, now: number): ModelVersion | undefined =>
  version.state === 'added' || version.state === 'checking'
    ? { ...version, state: 'building', attempts: 0, build: { ...of, phases: [] }, changedAt: now }
    : undefined;

/** How far the build is; undefined where another one is followed. */
export const followBuild = (version: ModelVersion, build: VersionBuild, now: number): ModelVersion | undefined =>
  version.state === 'building' && (version.build?.id ?? build.id) === build.id
    ? { ...version, build, changedAt: now }
    : undefined;

/** Its image is there: its check can begin. */
export const endBuild = (version: ModelVersion, image: string, now: number): ModelVersion | undefined =>
  version.state === 'building' && version.build !== undefined
    ? { ...version, state: 'added', build: { ...version.build, image }, changedAt: now }
    : undefined;

const kindOf = ({ container }: ModelFacts): ModelVersion['kind'] => (container === undefined ? 'onnx' : 'container');

/** With the next number of its line. */
export function acceptVersion(
  version: ModelVersion,
  line: ModelLine | undefined,
  facts: ModelFacts,
  now: number,
): { version: ReadyVersion; line: ModelLine } | undefined {
  if (version.state !== 'checking') return undefined;
  const revision = (line?.last ?? 0) + 1;
  return {
    version: { ...version, kind: kindOf(facts), state: 'ready', revision, facts, changedAt: now },
    line: { ...line, name: facts.name, last: revision },
  };
}

export const refuseVersion = (version: ModelVersion, failure: StoredFailure, now: number): ModelVersion | undefined =>
  version.state === 'added' || version.state === 'checking' || version.state === 'building'
    ? { ...version, state: 'refused', failure, changedAt: now }
    : undefined;

/** Its check is asked for: a version that is refused, or whose check may be lost, is tried anew; an image that was built stays. */
export function checkAgain(version: ModelVersion, now: number): ModelVersion | undefined {
  if (version.state === 'ready' || version.state === 'retired') return undefined;
  const { failure: _, build, ...kept } = version;
  const built = build?.image === undefined ? {} : { build };
  return { ...kept, ...built, state: 'added', attempts: 0, changedAt: now };
}

export const retireVersion = (version: ModelVersion, now: number): ModelVersion | undefined =>
  version.state === 'checking' || version.state === 'retired'
    ? undefined
    : { ...version, state: 'retired', changedAt: now };

export const isReady = (version: ModelVersion): version is ReadyVersion =>
  version.state === 'ready' && version.facts !== undefined && version.revision !== undefined;

/** The line as it offers this version; undefined where it is not ready, or none that is newer than what is offered. */
export const offerVersion = (
  version: ModelVersion,
  line: ModelLine,
  by: Offerer,
  now: number,
): ModelLine | undefined =>
  isReady(version) && version.revision > (line.offered ?? 0)
    ? { ...line, offered: version.revision, offeredBy: by.name, offeredById: by.id, offeredAt: now }
    : undefined;

/** Stands for a person who was forgotten: no person's `sub` starts with `~`. */
const forgotten = '~forgotten';

/** The version without the person who added it; undefined where that is somebody else. */
export function forgetAdder(version: ModelVersion, person: string): ModelVersion | undefined {
  if (version.by !== person) return undefined;
  const { byName: _, ...kept } = version;
  return { ...kept, by: forgotten };
}

/** The line without the person who offered its version; undefined where that is somebody else. */
export function forgetOfferer(line: ModelLine, person: string): ModelLine | undefined {
  if (line.offeredById !== person) return undefined;
  const { offeredBy: _, offeredById: __, ...kept } = line;
  return kept;
}

/** The versions that new jobs may use, one of each name, in order of their names; a name whose offered version is retired has none. */
export const offeredVersions = ({ versions, lines }: ModelRegistry): ReadyVersion[] =>
  versions
    .filter(isReady)
    .filter(({ facts, revision }) => lines.some(({ name, offered }) => name === facts.name && offered === revision))
    .sort((a, b) => (a.facts.name < b.facts.name ? -1 : 1));

import type { JobStorage } from './job-storage.ts';
import type { PlaneMode } from './plane-mode.ts';
import type { PositiveRule } from './positive.ts';

/** The states of a job. `completed`, `failed`, `cancelled` and `expired` are terminal; `retry` alone leaves completed and failed. */
export const jobStates = [
  'uploading',
  'processing',
  'packaging',
  'completed',
  'failed',
  'cancelled',
  'expired',
] as const;
export type JobState = (typeof jobStates)[number];

/** `leftOut`: no image, so that nothing was tried and nothing failed. */
export const fileStates = ['pending', 'done', 'failed', 'leftOut'] as const;
type FileState = (typeof fileStates)[number];

/**
 * The one version of a model that a job uses, whatever is offered later. Without `package` it is one that the service was
 * deployed with.
 */
interface PinnedModel {
  name: string;
  /** Of the weights. */
  sha256: string;
  /** Of the package in the registry. */
  package?: string;
  /** The registry's number of it, for people; from 1. */
  revision?: number;
}

/** What the user asked for; fixed when the job is made, so that every file of a folder is predicted alike. */
export interface JobSettings {
  /** A job never mixes two versions of a model. */
  model: PinnedModel;
  /** Channel by zero-based index or by name; absent: the model's, else the first. */
  channel?: number | string;
  /** What the pages of each image are, where the files do not say: axes, slowest first (`TZC`, `C2T3`). */
  axes?: string;
  /** Median diameter of the objects, px; absent: by the pixel size or an estimate. */
  diameter?: number;
  /** Planes are predicted reduced by this whole factor; absent: by the diameter. Never both. */
  scale?: number;
  /** Objects are dark on bright. */
  invert?: boolean;
  /** From which value of the model's map of objects a pixel belongs to one; absent: the model's. */
  threshold?: number;
  /** Objects of fewer pixels are dropped; absent: the model's. */
  minSize?: number;
  /** What becomes of several planes; absent: `usualPlaneMode`. */
  planes?: PlaneMode;
  /** Also measure in a ring of so many pixels around each object. */
  ring?: number;
  /** In which channels objects are positive or not. */
  positive?: PositiveRule[];
  /** Also keep the probability map of each image. */
  probabilities?: boolean;
  /** Also keep how near each pixel of each image is to the threshold, for corrections. */
  foreground?: boolean;
  /** Also write the objects of each image as ROIs for Fiji. */
  rois?: boolean;
  /** Also write the labels of each image as OME-TIFF. */
  ome?: boolean;
  /** Also write the labels of each image as OME-Zarr in one file. */
  zarr?: boolean;
  /** Make the zip of all results. `run` without --zip wants only the tables. */
  archive?: boolean;
  /** The folder comes as one zip of so many bytes; absent: file by file. */
  archiveBytes?: number;
  /** What tells this zip from another of its name, as its client says. */
  archiveIdentity?: string;
  /** Its images are those of another job of its owner, or one of them; absent: they are sent. */
  from?: { job: string; path?: string };
  /** Made only to try settings: its owner gets no notice of it. */
  trial?: boolean;
  /** Files that the client is going to name, where it says so. */
  announced?: number;
}

/** A stored failure: a code of core/errors (or a stage's own word for a bug) and its text. */
export interface StoredFailure {
  code: string;
  message: string;
}

export interface Job {
  owner: string;
  id: string;
  /** As the user calls it: the folder's name. */
  name: string;
  /** What the user writes down about it; absent: nothing. */
  note?: string;
  settings: JobSettings;
  state: JobState;
  /** True once no file can be added: `expected` is then the total. Never goes back to false. */
  sealed: boolean;
  /** True while a retry puts failed files back, which takes several steps: the job cannot be packaged meanwhile. */
  retrying: boolean;
  /** Where a store spreads the files of a large job: over how many partitions; fixed when the job is made. */
  shards?: number;
  /** `done` and `failed` are about right: a store counts the files of a large job exactly once all have ended. */
  approximate?: true;
  /** Files registered so far; the total once sealed. */
  expected: number;
  /** Of these files together, as they were announced. */
  bytes: number;
  done: number;
  failed: number;
  /** Files that are no images; `expected` counts them too. */
  leftOut: number;
  /** Counts the retries: a message of an earlier round must not complete a later one. Starts at 1. */
  generation: number;
  failure?: StoredFailure;
  /** Where its results lie; absent: they never left. */
  storage?: JobStorage;
  /** Milliseconds since 1970. `changedAt` moves with every transition but those of name, note and storage; sweep and retention look at it. */
  createdAt: number;
  changedAt: number;
}

/** What becomes of a file on a machine of its own: it waits for one, or one works on it. */
export const machineStates = ['waits', 'works'] as const;
export type MachineState = (typeof machineStates)[number];

/** One file of the manifest. */
export interface JobFile {
  path: string;
  bytes: number;
  /** What tells it from another file of this name, as its client says; fixed when the file is named. */
  identity?: string;
  state: FileState;
  /** Why it failed or was left out. */
  failure?: StoredFailure;
  /** Of a file that is done: what was assumed or left out in reading it, a clause each. */
  notes?: readonly string[];
  /** Of a file that is pending and too large for a function. A machine that died is named until another goes on, in minutes. `since`: ms since 1970. */
  machine?: { state: MachineState; since: number };
  /** The job's generation in which it ended; absent while pending, and of files that were left out. */
  generation?: number;
}

/** A file as it is registered. `leftOut`: why it is no image; it ends with that. */
export interface NewFile {
  path: string;
  bytes: number;
  /** As in JobFile. */
  identity?: string;
  leftOut?: StoredFailure;
}

/** How one file ended. */
export type Outcome = { state: 'done'; notes?: readonly string[] } | { state: 'failed'; failure: StoredFailure };

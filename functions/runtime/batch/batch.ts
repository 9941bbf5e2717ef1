import type { Job, JobSettings, NewFile, StoredFailure } from '../../core/job.ts';
import type { FileSummary } from '../../core/summary.ts';
import type { Predictor, Segmenter } from '../../ports/predictor.ts';
import type { ModelInput } from '../../stages/predict/channel.ts';
import type { ReadingThreads } from '../reading/reading-threads.ts';

/** One file of the job: an image on this machine, or a file that is named as failed or left out. */
export interface BatchFile {
  /** In the job, `/` separated. */
  path: string;
  bytes: number;
  /** Absolute path of the image, as bytes where it is not UTF-8; absent for what is refused or left out. */
  file?: string | Buffer;
  refused?: StoredFailure;
  /** Why it is no image. */
  leftOut?: StoredFailure;
}

export type BatchInputs =
  | { kind: 'files'; name: string; files: readonly BatchFile[] }
  /** `file`: absolute path of the zip. */
  | { kind: 'zip'; name: string; file: string };

export interface BatchPlan {
  inputs: BatchInputs;
  /** Where results are written. */
  folder: string;
  /** labdeploy's own files on the same disk: what it needs to continue. Held by the caller for this process alone. */
  work: string;
  /** Path of the model's package; the engine has it open. */
  model: string;
  engine: Predictor & Segmenter;
  input: ModelInput;
  /** Reads images and zips. */
  reading: ReadingThreads;
  settings: JobSettings;
  workers: number;
  /** Bytes that planes in flight may use together. */
  memoryLimit: number;
  /** labdeploy's own, for the manifest. */
  version: string;
}

/** What a batch reports while it runs. */
export interface BatchListener {
  /** More files of the job are known. */
  expected(files: readonly NewFile[]): void;
  /** A file of the job is no image; once a file. */
  leftOut(path: string, reason: StoredFailure): void;
  plane(path: string, done: number, total: number): void;
  /** An image is done; once an image. */
  done(summary: FileSummary, results: DoneResults): void;
  /** A file of the job has failed; once a file. */
  failed(path: string, failure: StoredFailure): void;
  /** Work that failed and is tried again. `subject`: path of the image, or name of the stage. */
  retried(subject: string, attempt: number, error: unknown): void;
}

/** `files`: below the output folder. `reused`: they were there already. */
interface DoneResults {
  files: string[];
  reused: boolean;
}

export interface BatchResult {
  /** In its last state. */
  job: Job;
  /** File of an image's labels, below the output folder. */
  labelsOf(path: string): string;
}

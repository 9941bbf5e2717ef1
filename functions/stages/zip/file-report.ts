import type { JobFile, StoredFailure } from '../../core/job.ts';
import type { FileSummary, Positives } from '../../core/summary.ts';

/** Objects of one region of one image. */
export interface RegionCount {
  /** Of the measurements: an object each, of recordings an object and time. */
  rows: number;
  /** Of recordings: those that were ever in the region. */
  tracks: Set<string>;
  /** Of positive objects, in the order of `combinationNames`. */
  combinations: number[];
}

/** An image that worked; `stem`: the start of the names of its results, `regions`: in the order of its summary. */
export interface DoneReport {
  state: 'done';
  stem: string;
  summary: FileSummary;
  positives?: Positives;
  regions?: RegionCount[];
}

/** One file of the job and how it ended. */
export type FileReport = DoneReport | { state: 'failed' | 'leftOut'; file: JobFile; failure: StoredFailure };

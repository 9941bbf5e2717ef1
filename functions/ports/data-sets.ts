import type { DataSet, DataSetImage, DataSetRef } from '../core/data-set.ts';
import type { Job } from '../core/job.ts';

/**
 * Data sets, without the pixels and labels of their images: an owner has few. What was acknowledged survives the death of
 * the process. Every change is one atomic step.
 */
export interface DataSets {
  /** Another one of the owner with this name is left alone and returned instead. */
  add(dataSet: DataSet): Promise<DataSet>;
  /** Undefined also of another owner's. */
  get(ref: DataSetRef): Promise<DataSet | undefined>;
  /** In order of their names. */
  byOwner(owner: string): Promise<DataSet[]>;
  /** As the transition says (core/data-set); undefined where it does not apply, or there is no such data set. */
  change(ref: DataSetRef, rule: (dataSet: DataSet) => DataSet | undefined): Promise<DataSet | undefined>;
  /** Those of any owner with a training in work or waiting, the one asked for first first. */
  training(): Promise<DataSet[]>;
  /** Nothing happens where it is missing. */
  remove(ref: DataSetRef): Promise<void>;
}

/** What keeps the pixels and labels of data sets and makes models of them: on one machine. */
export interface Teacher {
  /**
   * Copies the planes of an image of a completed job that have accepted regions, with their labels as corrected. Undefined where
   * nothing is accepted. Throws the failures of reading an image.
   */
  copy(ref: DataSetRef, job: Job, path: string): Promise<Omit<DataSetImage, 'addedAt'> | undefined>;
  /** Removes the copies of planes of these names. */
  drop(ref: DataSetRef, planes: readonly string[]): Promise<void>;
  /** Makes the zip of a data set (core/object-keys `dataSetZipRef`): images, labels, sides, and what it says of itself. Returns its bytes. */
  zip(dataSet: DataSet): Promise<number>;
  /** There may be a training that waits. */
  wake(): void;
  /** Stops the training that is in work, or waits. What it has by then is kept. */
  stop(ref: DataSetRef): Promise<void>;
  /** Stops the training, and removes all copies and what was made of them beside models of the registry. */
  forget(ref: DataSetRef): Promise<void>;
}

import type { DataSet, DataSetRef } from '../core/data-set.ts';
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
  /** Those of any owner with a training in work or waiting, the one asked for first first; one of this moment may be missing. */
  training(): Promise<DataSet[]>;
  /** Nothing happens where it is missing. */
  remove(ref: DataSetRef): Promise<void>;
}

/** Why an image is not in a data set: nothing of it is accepted, or there is room for no other. */
export type NotAdded = 'nothingAccepted' | 'dataSetFull';

/** What keeps the pixels and labels of data sets and makes models of them: this machine, or others that it asks. */
export interface Teacher {
  /**
   * Copies the planes of an image of a completed job that have accepted regions, with their labels as corrected, into a data
   * set. Where that takes its time the data set says that the image is on its way (`adding`). Undefined where there is no such
   * data set, or a training is in work. Throws the failures of reading an image.
   */
  add(ref: DataSetRef, job: Job, path: string): Promise<DataSet | NotAdded | undefined>;
  /** Bytes of the zip of a data set (core/object-keys `dataSetZipRef`): images, labels, sides, and what it says of itself. Undefined while it is made. */
  zip(dataSet: DataSet): Promise<number | undefined>;
  /** A training was asked for. */
  begin(dataSet: DataSet): Promise<void>;
  /** Stops the training that is in work, or waits. What it has by then is kept. */
  stop(ref: DataSetRef): Promise<void>;
  /** Stops the training, and removes all copies and what was made of them beside models of the registry. */
  forget(ref: DataSetRef): Promise<void>;
}

import type { Feature } from './features.ts';
import type { JobRef } from './object-keys.ts';
import type { Receipt } from './pictures/receipt.ts';

export interface UnzipMessage extends JobRef {
  /** Path of the zip below the job's prefix in `uploads`; absent: the images are those of another job (`JobSettings.from`). */
  archive?: string;
}

export interface PredictMessage extends JobRef {
  path: string;
  /** Deliveries that have worked on it and ran out of time; counted where larger machines can take it over. */
  rounds?: number;
  /** MB of memory that a plane of it takes, where the machine that had it has less. */
  memoryMb?: number;
  /** Its objects are those of its label image with corrections up to a revision, for a round of corrected results. */
  corrected?: { round: number; revision: number };
}

export interface ZipMessage extends JobRef {
  generation: number;
  /** A round of corrected results of the job, which has ended. */
  corrected?: number;
}

/** The ways a notice can leave the service; each is tried on its own. */
export const noticeChannels = ['mail', 'hook'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

/** The job ended in this generation. */
export interface JobNotice extends JobRef {
  generation: number;
  /** Absent: all that the service has. */
  channel?: NoticeChannel;
  /** Not its end: its results are back from the archive, in this round of its storage. */
  restored?: number;
}

/** A person said something of an agreement, and gets it by mail. */
export interface ReceiptNotice {
  owner: string;
  id?: undefined;
  receipt: Receipt;
}

export type NoticeMessage = JobNotice | ReceiptNotice;

/** `withdraw`: of one picture, or without `id` of all of a person that were withdrawn. */
export const pictureKinds = ['crop', 'swap', 'complete', 'withdraw'] as const;

export interface PictureMessage {
  kind: (typeof pictureKinds)[number];
  owner: string;
  id?: string;
}

/**
 * Results on their way to the archive and back. `archive`: of a job that completed in this generation, in this round of its
 * storage. `thaw`: what was asked for may be there. `expire`: the time of what is archived is over.
 */
export type ColdMessage =
  | (JobRef & { kind: 'archive'; generation: number; round: number })
  /** `asked`: by its owner, whatever the plan says. `slow`: at the lower price. */
  | (JobRef & { kind: 'restore'; asked?: true; slow?: true })
  | (JobRef & { kind: 'thaw' })
  | (JobRef & { kind: 'expire' })
  /** All archived jobs of an owner whose plan does not archive any more, from the cursor on; `sent`: how many before. */
  | { kind: 'restoreAll'; owner: string; id?: undefined; cursor?: string; sent?: number };

/** A request of an image to an endpoint has an answer, or none will come. */
export interface AnswerMessage extends JobRef {
  /** Names the image, as in the keys of what predict keeps of it. */
  image: string;
  request: string;
  /** Of the request, from 1. */
  attempt: number;
  /** Key of the answer in `results`; absent: there is none. */
  answer?: string;
  /** Why there is none, as the endpoint says. */
  reason?: string;
}

/** What is to be done for a data set. `add`: copy an image into it. `zip`: pack it. `train`: have a machine teach its model. */
export type TeachingMessage = JobRef &
  ({ kind: 'add'; job: string; path: string } | { kind: 'zip' } | { kind: 'train'; askedAt: number });

/** A training, which a machine of the queue `large` works on; `id`: of the data set. */
export interface TrainingMessage extends JobRef {
  /** When it was asked for: it tells the trainings of a data set apart. */
  trainingOf: number;
}

/** What is sent to each queue. A queue feeds one stage, and has a dead-letter queue of its own. */
export interface Messages {
  unzip: UnzipMessage;
  files: PredictMessage;
  /** Of images that are too large for a function; a machine takes them (stages/large). There only where a stack has such machines. */
  large: PredictMessage | TrainingMessage;
  zips: ZipMessage;
  notices: NoticeMessage;
  pictures: PictureMessage;
  /** Only where the service archives. */
  cold: ColdMessage;
  /** Only where the service has an endpoint. */
  answers: AnswerMessage;
  /** Only where models are taught on AWS. */
  teaching: TeachingMessage;
}

export type QueueName = keyof Messages;

/** Queues that are there only where a feature is on. Whoever declares to use one uses nothing where it is off. */
export const featureOfQueue: Partial<Record<QueueName, Feature>> = {
  cold: 'archiving',
  pictures: 'people',
  answers: 'endpoint',
  teaching: 'teaching',
};

import type { Feature } from './features.ts';
import type { JobRef } from './object-keys.ts';

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
}

export interface ZipMessage extends JobRef {
  generation: number;
}

/** The ways a notice can leave the service; each is tried on its own. */
export const noticeChannels = ['mail', 'hook'] as const;
export type NoticeChannel = (typeof noticeChannels)[number];

/** The job ended in this generation. */
export interface NoticeMessage extends JobRef {
  generation: number;
  /** Absent: all that the service has. */
  channel?: NoticeChannel;
}

/** `withdraw`: of one picture, or without `id` of all of a person that were withdrawn. */
export const pictureKinds = ['crop', 'swap', 'complete', 'withdraw'] as const;

export interface PictureMessage {
  kind: (typeof pictureKinds)[number];
  owner: string;
  id?: string;
}

/** What is sent to each queue. A queue feeds one stage, and has a dead-letter queue of its own. */
export interface Messages {
  unzip: UnzipMessage;
  files: PredictMessage;
  /** Of images that are too large for a function; a machine takes them (stages/large). There only where a stack has such machines. */
  large: PredictMessage;
  zips: ZipMessage;
  notices: NoticeMessage;
  pictures: PictureMessage;
}

export type QueueName = keyof Messages;

/** Queues that are there only where a feature is on. Whoever declares to use one uses nothing where it is off. */
export const featureOfQueue: Partial<Record<QueueName, Feature>> = { pictures: 'people' };

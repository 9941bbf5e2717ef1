import { jobBuckets } from '../../core/object-keys.ts';
import { daySeconds } from '../../core/time.ts';
import type { ScheduledStage } from '../stage.ts';

const minute = 60;
const hour = 60 * minute;

export const sweep = {
  name: 'sweep',
  trigger: { everySeconds: 5 * minute, attempts: 1 },
  reads: [],
  lists: jobBuckets, // what came late to a removed job
  writes: ['results'], // why corrected results were given up
  deletes: [...jobBuckets, 'figures'],
  jobs: [
    'get',
    'files',
    'stuck',
    'touch',
    'submit',
    'seal',
    'finishFile',
    'startPackaging',
    'fail',
    'expire',
    'reopen',
    'resetFailed',
    'resume',
    'removed',
    'forget',
    'storageWaiting',
    'moveStorage',
  ],
  figures: ['over', 'remove'],
  dataSets: ['change', 'training'],
  models: ['all', 'followBuild', 'endBuild', 'refuse'],
  builds: 'follows', // their events start it too
  sends: ['unzip', 'files', 'zips', 'notices', 'cold', 'answers', 'teaching'], // unzip: a copy of images whose beginning was lost
  drains: ['unzip', 'files', 'zips', 'notices', 'cold', 'answers', 'teaching'],
  fleet: 'drains', // and starts machines again where that was lost
  memoryMb: 256,
  timeoutSeconds: 5 * minute,
} as const satisfies ScheduledStage;

/** Seconds without any change after which sweep steps in. */
export const patience = {
  /** A step was lost between two others: sealed but not submitted, ready but not packaged, a retry cut off. */
  step: 5 * minute,
  /** Packaging without end: its message is sent again. Longer than zip may run. */
  packaging: 30 * minute,
  /** Files wait and none ends: their messages are sent again. Longer than a file may take with all its attempts. */
  files: 8 * hour,
  /** A zip that is never unpacked: the job fails. */
  manifest: daySeconds,
  /** A folder that is never submitted: the job expires. */
  upload: 7 * daySeconds,
  /** Nothing was heard of a training: longer than a message stays hidden whose machine died, or waits for the function that sends it. */
  training: hour / 4,
  /** A card of the gallery is over, or its making was cut off: longer than that takes. */
  figures: hour,
  /**
   * Whatever is written to a removed job by then has been: a signed upload begins within an hour and takes at most 28 (100
   * MB at the slowest pace), a stage ends within a quarter of an hour and finds no job when it comes again.
   */
  removal: 2 * daySeconds,
} as const;

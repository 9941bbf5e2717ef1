import type { MachineTerms } from '../../functions/core/machine-sizes.ts';
import { inTime } from '../format.ts';

const clockTimes = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
/** `14:02`, with the day where it is another. */
export const inClock = (iso: string, now = new Date()): string =>
  new Date(iso).toDateString() === now.toDateString() ? clockTimes.format(new Date(iso)) : inTime(iso);

/** Of an image that goes to a larger machine; not of the first screen. */
export const machineWords = {
  waits: (machines: MachineTerms | undefined): string =>
    `waits for a machine${machines === undefined ? '' : `, which starts in ${machines.startMinutes.join(' to ')} minutes`}`,
  works: (since: string): string => `on a machine since ${inClock(since)}`,
};

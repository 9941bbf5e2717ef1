import type { Runnable } from './access.ts';
import type { QueueTrigger, ScheduleTrigger, Trigger } from './trigger.ts';

/**
 * What one stage is and may touch: the single source for the Lambda, its role, its event source and alarms, and for the
 * local runtime, which enforces the same accesses.
 */
export interface Stage extends Runnable {
  trigger: Trigger;
  /** Messages handled at a time on one machine; `images`: as many as the machine works on. Default: 1. */
  concurrency?: number | 'images';
}

export interface QueueStage extends Stage {
  trigger: QueueTrigger;
}

export interface ScheduledStage extends Stage {
  trigger: ScheduleTrigger;
}

/** True for a stage that a queue feeds, false for one that a schedule starts. */
export const isFed = <S extends Stage>(stage: S): stage is S & QueueStage => 'queue' in stage.trigger;
export const isScheduled = <S extends Stage>(stage: S): stage is S & ScheduledStage => 'everySeconds' in stage.trigger;

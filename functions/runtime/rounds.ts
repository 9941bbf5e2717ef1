import type { ScheduledStage } from '../stages/stage.ts';

export interface Rounds {
  /** From now on rounds come every half second: what waits for them is there, and a user waits for that. */
  hurry(): void;
  /** Resolves when the round in progress has ended. */
  stop(): Promise<void>;
}

const hurriedMs = 500;

/** Runs a round by the stage's schedule, never two at once, until it is stopped. */
export function startRounds(
  { trigger }: ScheduledStage,
  round: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Rounds {
  let running: Promise<unknown> | undefined;
  const start = () => {
    running ??= round()
      .catch(onError)
      .finally(() => {
        running = undefined;
      });
  };
  const timer = setInterval(start, trigger.everySeconds * 1000);
  let hurried: NodeJS.Timeout | undefined;
  return {
    hurry() {
      hurried ??= setInterval(start, hurriedMs);
    },
    async stop() {
      clearInterval(timer);
      clearInterval(hurried);
      await running;
    },
  };
}

/** Time, passed in: tests set it, stages never read the machine's. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/**
 * The machine's time for what must not wait: it starts as `wall` says and never goes back. A clock that is set back (by
 * hand, or as a wrong one is corrected) changes nothing; one that jumps ahead, as after a sleep of the machine, is
 * followed. `elapsedMs`: of a monotonic clock.
 */
export function steadyClock(wall: Clock = systemClock, elapsedMs: () => number = () => performance.now()): Clock {
  let now = wall.now();
  let [lastWall, lastElapsed] = [now, elapsedMs()];
  return {
    now() {
      const [nextWall, nextElapsed] = [wall.now(), elapsedMs()];
      now += Math.max(nextWall - lastWall, nextElapsed - lastElapsed, 0);
      [lastWall, lastElapsed] = [nextWall, nextElapsed];
      return Math.floor(now);
    },
  };
}

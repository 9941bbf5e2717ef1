/** Work that never waits keeps timers, signals and requests waiting: after so long it gives way. */
const longestMs = 10;

let since = performance.now();

/** Gives way to what else waits, at most every 10 ms; undefined where it is not time yet. */
export function giveWay(): Promise<void> | undefined {
  if (performance.now() - since < longestMs) return undefined;
  return new Promise((resolve) => {
    const next = () => {
      since = performance.now();
      resolve();
    };
    // the page's browser has no setImmediate
    if (typeof setImmediate === 'function') setImmediate(next);
    else setTimeout(next, 0);
  });
}

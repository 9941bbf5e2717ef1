// Preloaded (--import) into a service under load: how long its event loop stood still by its own doing, and its memory.
// To each question that comes by the socket it answers what was since the one before.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';

export interface LoopWatch {
  /** Longest standstill, without the time in which the thread was ready and other programs had the processor. */
  blockedMs: number;
  /** Most processor time that the thread used between two ticks: a part of the standstill that no other program can lengthen. */
  busyMs: number;
  /** Bytes. The heap as it is; with `memory` what is left of it when garbage is collected. */
  rss: number;
  heapUsed: number;
}

const everyMs = 5;
const socket = process.env.LABDEPLOY_WATCH_LOOP;

if (isMainThread && socket !== undefined) {
  /** Milliseconds that the main thread has waited for a processor (Linux: the second number of schedstat, in nanoseconds). */
  const schedule = `/proc/self/task/${process.pid}/schedstat`;
  const waited = existsSync(schedule) ? () => Number(readFileSync(schedule, 'utf8').split(' ')[1]) / 1e6 : () => 0;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let blockedMs = 0;
  let busyMs = 0;
  let last = { at: performance.now(), waited: waited(), used: used() };
  setInterval(() => {
    const now = { at: performance.now(), waited: waited(), used: used() };
    blockedMs = Math.max(blockedMs, now.at - last.at - (now.waited - last.waited) - everyMs);
    busyMs = Math.max(busyMs, now.used - last.used);
    last = now;
  }, everyMs).unref();
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy());
    connection.on('data', (question) => {
      const until = { blockedMs, busyMs };
      if (question.toString() === 'memory') collect();
      const { rss, heapUsed } = process.memoryUsage();
      const seen: LoopWatch = { ...until, rss, heapUsed };
      connection.write(`${JSON.stringify(seen)}\n`);
      blockedMs = busyMs = 0;
      last = { at: performance.now(), waited: waited(), used: used() };
    });
  });
  server.listen(socket).unref();
}

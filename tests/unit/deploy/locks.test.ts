import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, it } from '@jest/globals';
import { untilLeft } from '../../../cli/deploy/engine/locks.ts';
import type { Io } from '../../../cli/io/events.ts';

const io = { emit: () => {} } as unknown as Io;
const holder = (pid: number, host = hostname()) => ({ user: 'lab', host, pid, since: '2026-11-29T10:00:00Z' });
const { signal } = new AbortController();

it('an engine whose labdeploy runs on this computer is not taken for interrupted', async () => {
  const engine = spawn('sleep', ['60']); // its parent is this Node, whose process is called MainThread
  try {
    await once(engine, 'spawn');
    expect(await untilLeft([holder(engine.pid!)], io, signal)).toBe(false);
  } finally {
    engine.kill('SIGKILL');
  }
});

it('an engine that has ended holds nothing', async () => {
  const engine = spawn('true');
  await once(engine, 'exit');
  expect(await untilLeft([holder(engine.pid!)], io, signal)).toBe(true);
});

it('an engine whose labdeploy was killed is waited for', async () => {
  // The shell ends at once, and leaves the engine to the first process of the system.
  const shell = spawn('sh', ['-c', 'sleep 2 >/dev/null & echo $!'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [text] = (await once(shell.stdout, 'data')) as [Buffer];
  await once(shell, 'close');
  const waited: string[] = [];
  const noting = { emit: (name: string) => waited.push(name) } as unknown as Io;
  expect(await untilLeft([holder(Number(String(text)))], noting, signal)).toBe(true);
  expect(waited).toContain('deploy.waitingForOther');
});

it("another computer's engine is respected", async () => {
  expect(await untilLeft([holder(1, 'elsewhere')], io, signal)).toBe(false);
});

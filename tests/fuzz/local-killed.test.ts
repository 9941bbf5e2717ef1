import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { editLog } from '../../functions/jobs/edit-log.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { attemptsOf } from '../support/attempts.ts';
import { bytesOf, noise } from '../support/bytes.ts';
import { manualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Line extends Partial<Record<'created' | 'expected' | 'sent' | 'put' | 'finished' | 'corrected', string>> {
  replaced?: number;
}

describe('a process that is killed while it changes the stores', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
  });

  /** Kills the writer with SIGKILL after so many acknowledged lines; returns all that it still got out. */
  async function killAfter(lines: number, round: number): Promise<Line[]> {
    const script = join(import.meta.dirname, '../support/children/store-writer.ts');
    const writer = spawn(process.execPath, [script, folder.path, String(round)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seen: Line[] = [];
    const exit = once(writer, 'exit');
    for await (const line of createInterface({ input: writer.stdout })) {
      seen.push(JSON.parse(line) as Line);
      if (seen.length === lines) writer.kill('SIGKILL');
    }
    expect((await exit)[1]).toBe('SIGKILL');
    return seen;
  }

  it.each([
    [1, 1],
    [2, 37],
    [3, 250],
    [4, 504],
  ])('loses nothing that was acknowledged, time %d', async (round, lines) => {
    const seen = await killAfter(lines, round);
    const job = { owner: 'olga', id: `round-${round}` };
    using database = openLocalDatabase(join(folder.path, 'labdeploy.sqlite'));
    expect(database.sql.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const jobs = localJobStore(database, systemClock);
    await using objects = await openLocalObjectStore({ root: join(folder.path, 'store') });

    const of = (what: keyof Line) => seen.map((line) => line[what] as string).filter((value) => value !== undefined);
    const files = (await jobs.files(job, { limit: 10_000 })).items;
    const known = new Map(files.map((file) => [file.path, file.state]));
    expect(of('expected').filter((path) => !known.has(path))).toEqual([]);
    expect(of('finished').filter((path) => known.get(path) !== 'done')).toEqual([]);
    const done = files.filter(({ state }) => state === 'done').length;
    expect(await jobs.get(job)).toMatchObject({ expected: files.length, done, failed: 0 });
    expect(done - of('finished').length).toBeLessThanOrEqual(1);

    const queue = localQueue(database, systemClock, attemptsOf(5));
    const waiting = await queue.receive('files', { max: 100_000, visibilitySeconds: 0 });
    const paths = new Set(waiting.filter(({ body }) => body.id === job.id).map(({ body }) => body.path));
    expect(of('sent').filter((path) => !paths.has(path))).toEqual([]);

    const key = (path: string) => ({ bucket: 'inputs' as const, key: `olga/${job.id}/${path}` });
    for (const path of of('put')) {
      const n = Number.parseInt(path, 10);
      const whole = noise(n % 7 === 0 ? 300_000 : 100, n % 250);
      expect(whole.equals(await bytesOf(await objects.get(key(path))))).toBe(true);
    }
    const replaced = of('replaced').length;
    if (replaced > 0) {
      const bytes = await bytesOf(await objects.get(key('same')));
      expect([replaced - 1, replaced].some((n) => noise(100_000, n % 250).equals(bytes))).toBe(true);
    }

    const corrected = of('corrected');
    const entries = await editLog(objects).all({ ...job, path: 'corrected.tif' });
    expect(entries.slice(0, corrected.length).map(({ operations: [each] }) => each!.id)).toEqual(corrected);
    expect(entries.map(({ revision }) => revision)).toEqual(entries.map((_, i) => i + 1));
    expect(entries.length - corrected.length).toBeLessThanOrEqual(1);
  });

  it('leaves no file for good that no object points to', async () => {
    const clock = manualClock(Date.now() + 2 * 3600 * 1000);
    await using objects = await openLocalObjectStore({ root: join(folder.path, 'store'), clock });
    let count = 0;
    for (const bucket of ['inputs', 'results'] as const)
      count += (await objects.list(bucket, '', { limit: 100_000 })).objects.length;
    const found = await readdir(join(folder.path, 'store', 'objects'), { recursive: true, withFileTypes: true });
    expect(found.filter((entry) => entry.isFile())).toHaveLength(count);
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPool, type Pool } from '../../../functions/model/engine/pool.ts';
import type { PlaneTask } from '../../../functions/model/engine/predict-plane.ts';
import type { ModelDescription } from '../../../functions/model/package/description.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const fragile = new URL('../../fixtures/workers/fragile.ts', import.meta.url);

describe('the pool of workers', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let log: string;
  let pool: Pool | undefined;
  beforeEach(async () => {
    folder = await temporaryFolder();
    log = join(folder.path, 'log');
  });
  afterEach(async () => {
    await pool?.close();
    await folder[Symbol.asyncDispose]();
  });

  const open = async (size: number): Promise<Pool> => {
    const setup = {
      weights: new TextEncoder().encode(log),
      external: [],
      description: {} as ModelDescription,
      threads: 1,
    };
    pool = await openPool(setup, size, fragile);
    return pool;
  };
  const started = async (): Promise<number> => (await readFile(log, 'utf8')).split('\n').length - 1;
  /** A task for the stand-in: it answers with the word, or does what the word says. */
  const run = (to: Pool, word: string, signal?: AbortSignal): Promise<unknown> =>
    to.run('finish', { task: { planes: [{ type: word }] } as unknown as PlaneTask }, { signal });

  it.each([
    ['throws', 'throw', /^the inference thread died: out of luck$/],
    ['exits', 'exit', /^the inference thread died: it ended with code 7$/],
  ])('fails the task whose worker %s, and goes on with a new one', async (_what, word, why) => {
    const own = await open(1);
    const [bad, next, last] = await Promise.allSettled([run(own, word), run(own, 'next'), run(own, 'last')]);
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { code: 'modelFailed', advice: { why: expect.stringMatching(why) } },
    });
    expect([next, last]).toEqual([
      { status: 'fulfilled', value: 'next' },
      { status: 'fulfilled', value: 'last' },
    ]);
    expect(await started()).toBe(2);
  });

  it('does every task once, whichever worker takes it', async () => {
    const own = await open(3);
    const words = Array.from({ length: 200 }, (_, i) => `word ${i}`);
    expect(await Promise.all(words.map((word) => run(own, word)))).toEqual(words);
    expect(await started()).toBe(3);
  });

  it("passes a bug on as what it is, not as the image's fault", async () => {
    const own = await open(1);
    await expect(run(own, 'bug')).rejects.toMatchObject({ name: 'TypeError', message: 'a bug' });
    expect(await run(own, 'still here')).toBe('still here');
  });

  it('fails what waits when no worker can be started any more', async () => {
    const own = await open(1);
    await writeFile(`${log}.stop`, '');
    const [bad, next] = await Promise.allSettled([run(own, 'exit'), run(own, 'next')]);
    expect(bad).toMatchObject({ reason: { code: 'modelFailed' } });
    expect(next).toMatchObject({ status: 'rejected', reason: { message: 'no start' } });
    await expect(run(own, 'later')).rejects.toThrow('no inference thread could be started');
  });

  it('throws when a worker does not start at all', async () => {
    await writeFile(`${log}.stop`, '');
    await expect(open(2)).rejects.toThrow('no start');
  });

  it('does not begin what is aborted while it waits', async () => {
    const own = await open(1);
    const stop = new AbortController();
    const first = run(own, 'first');
    const waiting = run(own, 'exit', stop.signal);
    stop.abort(new Error('never mind'));
    await expect(waiting).rejects.toThrow('never mind');
    expect(await first).toBe('first');
    expect(await run(own, 'after')).toBe('after');
    expect(await started()).toBe(1);
  });

  it('rejects what is not done when it is closed', async () => {
    const own = await open(1);
    const running = Promise.allSettled(['a', 'b', 'c'].map((word) => run(own, word)));
    await own.close();
    expect((await running).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(run(own, 'later')).rejects.toThrow('the engine is closed');
  });
});

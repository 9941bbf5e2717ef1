import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { FunctionAccount } from '../support/function-account.ts';
import { type MachineTrial, machineTrial, trialAccount } from '../support/machine-kills.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

jest.setTimeout(600_000); // a slow machine takes longer, and is no failure

/** tests/soak/machine-kills.ts runs it with 200 images, 4 machines and 20 kills. */
const trial: MachineTrial = { images: 8, depths: 3, machines: 2, kills: 4, seed: 12 };

await describeWithMoto('machines for large images', (moto) => {
  let account: FunctionAccount;
  beforeAll(async () => {
    account = await trialAccount(moto());
  });
  afterAll(() => account.close());

  it(`of which ${trial.kills} are killed or stopped at random moments write the same bytes, compute no more than one plane again, and each image counts once`, async () => {
    const { images, kills } = trial;
    const { ends, again, done, calm, disturbed, job } = await machineTrial(trial, moto(), account);
    expect(Object.keys(calm)).toHaveLength(4 * images);
    expect(disturbed).toEqual(calm);
    expect(await account.jobs.get(job)).toMatchObject({ state: 'packaging', done: images, failed: 0 });
    expect(await account.queue.depth('large')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    expect(done.filter((path, i) => done.indexOf(path) !== i)).toEqual([]); // nobody began what was done
    expect(again.SIGKILL.filter((planes) => planes > 1)).toEqual([]); // what was through and not stored
    expect(again.SIGTERM.filter((planes) => planes > 0)).toEqual([]);
    process.stderr.write(
      `machines: ${JSON.stringify({ ends, again })} of ${kills}, ${done.length} of ${images} images reported\n`,
    );
    expect(ends.SIGKILL + ends.SIGTERM).toBeGreaterThan(0); // else no moment was inside the work
  });
});

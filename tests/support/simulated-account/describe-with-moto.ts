import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { pythonWith } from '../python-environment.ts';
import { type Moto, startMoto } from './moto.ts';

/**
 * A suite with a simulated AWS account of its own: `moto` gives it inside of tests and hooks. Where Python or moto cannot
 * be had it fails in CI, and is elsewhere skipped with the reason in its name.
 */
export async function describeWithMoto(name: string, suite: (moto: () => Moto) => void): Promise<void> {
  try {
    await pythonWith();
  } catch (error) {
    if (process.env.CI)
      it(name, () => {
        throw error;
      });
    else describe.skip(`${name} (${(error as Error).message})`, () => suite(() => undefined as never));
    return;
  }
  describe(name, () => {
    let moto: Moto;
    beforeAll(async () => {
      moto = await startMoto();
    });
    afterAll(async () => {
      await moto[Symbol.asyncDispose]();
    });
    suite(() => moto);
  });
}

import { describe, it } from '@jest/globals';
import { pythonWith } from '../python-environment.ts';
import { type Engine, findEngine } from './engine.ts';

/**
 * A suite that deploys with the real engine to moto. Where the engine, its AWS plugin or moto cannot be had it fails in
 * CI, and is elsewhere skipped with the reason in its name.
 */
export async function describeWithEngine(name: string, suite: (engine: Engine) => void): Promise<void> {
  let engine: Engine;
  try {
    await pythonWith();
    engine = await findEngine();
  } catch (error) {
    if (process.env.CI)
      it(name, () => {
        throw error;
      });
    else describe.skip(`${name} (${(error as Error).message})`, () => suite(undefined as never));
    return;
  }
  describe(name, () => suite(engine));
}

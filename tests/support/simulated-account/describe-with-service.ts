import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { pythonWith } from '../python-environment.ts';
import { type Engine, findEngine } from './engine.ts';
import { deployService, type SimulatedService } from './service.ts';

/** For `up`, on a machine that is busy. */
const deployMs = 8 * 60_000;

/**
 * A suite with the whole service deployed once: `service` gives it inside of tests and hooks. Where the engine, its AWS
 * plugin or moto cannot be had it fails in CI, and is elsewhere skipped with the reason in its name.
 */
export async function describeWithService(
  name: string,
  config: Parameters<typeof deployService>[1],
  suite: (service: () => SimulatedService) => void,
): Promise<void> {
  let engine: Engine;
  try {
    await pythonWith();
    engine = await findEngine();
  } catch (error) {
    if (process.env.CI)
      it(name, () => {
        throw error;
      });
    else describe.skip(`${name} (${(error as Error).message})`, () => suite(() => undefined as never));
    return;
  }
  describe(name, () => {
    let service: SimulatedService;
    beforeAll(async () => {
      service = await deployService(engine, config);
    }, deployMs);
    afterAll(async () => {
      await service?.[Symbol.asyncDispose]();
    }, 60_000);
    suite(() => service);
  });
}

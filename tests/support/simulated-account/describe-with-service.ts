import { afterAll, beforeAll } from '@jest/globals';
import { describeWithEngine } from './describe-with-engine.ts';
import { deployService, type SimulatedService } from './service.ts';

/** For `up`, on a machine that is busy. */
const deployMs = 8 * 60_000;

type ServiceConfig = Parameters<typeof deployService>[1];

/** A suite with the whole service deployed once: `service` gives it inside of tests and hooks. `config`: asked before that. */
export const describeWithService = (
  name: string,
  config: ServiceConfig | (() => Promise<ServiceConfig>),
  suite: (service: () => SimulatedService) => void,
): Promise<void> =>
  describeWithEngine(name, (engine) => {
    let service: SimulatedService;
    beforeAll(async () => {
      service = await deployService(engine, typeof config === 'function' ? await config() : config);
    }, deployMs);
    afterAll(async () => {
      await service?.[Symbol.asyncDispose]();
    }, 60_000);
    suite(() => service);
  });

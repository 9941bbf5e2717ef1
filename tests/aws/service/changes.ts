import { describe, expect, it } from '@jest/globals';
import { leftBehind } from '../../support/simulated-account/left-behind.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

const minutes = 60_000;
/** What was made for the lab before: a topic, a queue that subscribed, the secret of a payment service. */
const labsOwn = /[:/](labdeploy-notices|subscriber-of-notices|billing\/test)$/;

/** What a deployment makes, and what is left when the stack is removed. Last: nothing is there any more. */
export function changes(service: () => SimulatedService): void {
  describe('the stack', () => {
    it('is created, and nothing else', () => {
      const operations = new Set(service().deployed.changes.map(({ operation }) => operation));
      expect([...operations]).toEqual(['create']);
    });

    it(
      'is removed, and leaves nothing behind',
      async () => {
        const { stack, moto, runner } = service();
        const ofTheStack = async () => (await leftBehind(moto.url)).filter((each) => !labsOwn.test(each));
        expect(await ofTheStack()).not.toEqual([]);
        await runner.pause();
        const removed = await stack.run('destroy');
        expect(new Set(removed.changes.map(({ operation }) => operation))).toEqual(new Set(['delete']));
        expect(await ofTheStack()).toEqual([]);
      },
      8 * minutes,
    );
  });
}

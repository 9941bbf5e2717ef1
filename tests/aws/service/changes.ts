import { describe, expect, it } from '@jest/globals';
import { leftBehind } from '../../support/simulated-account/left-behind.ts';
import type { SimulatedService } from '../../support/simulated-account/service.ts';

const minutes = 60_000;
/** What notices.ts made for the lab before: a topic, and a queue that subscribed. */
const labsOwn = /[:/](labdeploy-notices|subscriber-of-notices)$/;

/** What later deployments change, and what is left when the stack is removed. Last: nothing is there any more. */
export function changes(service: () => SimulatedService): void {
  describe('the stack', () => {
    it('is created, and nothing else', () => {
      const operations = new Set(service().deployed.changes.map(({ operation }) => operation));
      expect([...operations]).toEqual(['create']);
    });

    it(
      'changes what a new setting is about, and then nothing',
      async () => {
        const { stack } = service();
        const settings = { 'labdeploy:memory': 2048, 'labdeploy:retentionDays': 14 };
        const different = ({ changes: all }: Awaited<ReturnType<typeof stack.run>>) =>
          all.filter(({ operation }) => operation !== 'same');
        const changed = different(await stack.run('up', settings));
        const functions = ['api', 'notify', 'predict', 'sweep', 'unzip', 'zip'].map(
          (name) => `labdeploy-${name}-function`,
        );
        const lifecycles = ['downloads', 'results'].map((name) => `labdeploy-${name}-lifecycle`); // uploads stay a week, inputs ten days
        expect(changed.map(({ operation, name }) => `${operation} ${name}`).sort()).toEqual(
          [...functions, ...lifecycles].map((name) => `update ${name}`).sort(),
        );
        expect(different(await stack.run('up'))).toEqual([]);
      },
      8 * minutes,
    );

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

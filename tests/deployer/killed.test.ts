import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Credentials } from '../support/simulated-account/clients.ts';
import type { DeployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { throughKills } from '../support/simulated-account/kills.ts';
import { type OwnAccount, ownAccount } from '../support/simulated-account/own-account.ts';

const minute = 60_000;

await describeWithEngine('what is left of a stack', (engine) => {
  let account: OwnAccount;
  let world: DeployerWorld;
  let key: Credentials;
  beforeAll(async () => {
    account = await ownAccount(engine);
    ({ world, key } = account);
  }, 5 * minute);
  afterAll(async () => {
    await account?.[Symbol.asyncDispose]();
  }, minute);

  it(
    'is nothing after three kills of up, and a destroy of the half of it that was made, killed as well',
    async () => {
      const tell = (line: string) => process.stderr.write(`${line}\n`);
      const { child, finished } = world.start(key, ['up', '--yes', '--no-wait', ...world.settings, '--json']);
      let made = 0;
      child.stdout!.on('data', (text: string) => {
        made += text.split('"deploy.resource"').length - 1;
        if (made > 30) process.kill(-child.pid!, 'SIGKILL');
      });
      expect((await finished).signal).toBe('SIGKILL');
      const kills = [
        { way: 'labdeploy', ms: 25_000 },
        { way: 'interrupt', ms: 20_000 },
      ] as const;
      await throughKills(world, { as: key, args: ['destroy', '--yes'] }, kills, tell);
      expect(await account.left()).toEqual([]);
    },
    10 * minute,
  );
});

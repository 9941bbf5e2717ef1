import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { accountId, type Credentials, region } from '../support/simulated-account/clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from '../support/simulated-account/deployer.ts';
import { describeWithEngine } from '../support/simulated-account/describe-with-engine.ts';
import { throughKills } from '../support/simulated-account/kills.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';

const minute = 60_000;
const state = [`bucket labdeploy-state-${accountId}-${region}`, 'parameter /labdeploy/state/passphrase'];

await describeWithEngine('what is left of a stack', (engine) => {
  let world: DeployerWorld;
  let key: Credentials;
  let before: string[];
  beforeAll(async () => {
    world = await deployerWorld(engine);
    key = await bootstrap(world);
    before = await leftBehind(world.moto.url);
  }, 5 * minute);
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
  }, minute);
  const up = () => ['up', '--yes', '--no-wait', ...world.settings];
  const left = async () => (await leftBehind(world.moto.url)).filter((each) => ![...before, ...state].includes(each));

  it(
    'is nothing after three kills of up, and a destroy of the half of it that was made, killed as well',
    async () => {
      const tell = (line: string) => process.stderr.write(`${line}\n`);
      const { child, finished } = world.start(key, [...up(), '--json']);
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
      expect(await left()).toEqual([]);
    },
    10 * minute,
  );
});

import { accountId, type Credentials, region } from './clients.ts';
import { bootstrap, type DeployerWorld, deployerWorld } from './deployer.ts';
import type { Engine } from './engine.ts';
import { leftBehind } from './left-behind.ts';
import type { ServiceOutputs } from './service.ts';

/** What `destroy` leaves for the account's other stacks, unless it is asked for `--all`. */
const state = [`bucket labdeploy-state-${accountId}-${region}`, 'parameter /labdeploy/state/passphrase'];

/** An account with the deployer that `bootstrap-iam` makes, and nothing else. */
export interface OwnAccount extends AsyncDisposable {
  world: DeployerWorld;
  key: Credentials;
  up(as: Credentials, ...more: string[]): Promise<{ changed: number; outputs: ServiceOutputs }>;
  /** Operations and names of what a change would touch. */
  planned(as: Credentials, ...more: string[]): Promise<string[]>;
  /** All that was not there before the first stack; `left`: but for the state. */
  leftOfAll(): Promise<string[]>;
  left(): Promise<string[]>;
}

export async function ownAccount(engine: Engine): Promise<OwnAccount> {
  const world = await deployerWorld(engine);
  const key = await bootstrap(world);
  const before = await leftBehind(world.moto.url);
  const leftOfAll = async () => (await leftBehind(world.moto.url)).filter((each) => !before.includes(each));
  return {
    ...{ world, key, leftOfAll },
    left: async () => (await leftOfAll()).filter((each) => !state.includes(each)),
    async up(as, ...more) {
      const done = await world.result(as, ['up', '--yes', '--no-wait', ...world.settings, ...more]);
      return done as unknown as { changed: number; outputs: ServiceOutputs };
    },
    async planned(as, ...more) {
      const { changes } = await world.result(as, ['preview', ...world.settings, ...more]);
      return (changes as { op: string; resource: string }[]).map(({ op, resource }) => `${op} ${resource}`);
    },
    [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
  };
}

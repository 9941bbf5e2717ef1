// Kills labdeploy up and destroy at random moments in a simulated account, each followed by the same command, and looks
// for what is left: npm run soak:deploy -- [kills] [minutes] [seed]. Ends with 1 where a command does not come to its end
// or something is left. Takes about a minute a kill.
import { bootstrap, deployerWorld } from '../support/simulated-account/deployer.ts';
import { findEngine } from '../support/simulated-account/engine.ts';
import { type Kill, randomFrom, throughKills, ways } from '../support/simulated-account/kills.ts';
import { leftBehind } from '../support/simulated-account/left-behind.ts';

const [most = 30, minutes = 60, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
/** Of a command that is not cut off: how long it takes here, in ms. A kill hits any part of it. */
const longest = { up: 120_000, destroy: 60_000 };
/** In a row, before the command may end. */
const inARow = 3;
const random = randomFrom(seed);
const started = Date.now();
const tell = (line: string) => console.log(`${Math.round((Date.now() - started) / 1000)} s  ${line}`);

tell(`seed ${seed}: ${most} kills, at most ${minutes} minutes`);
await using world = await deployerWorld(await findEngine());
const key = await bootstrap(world);
const before = await leftBehind(world.moto.url);
let kills = 0;
while (kills < most && Date.now() - started < minutes * 60_000) {
  for (const command of ['up', 'destroy'] as const) {
    const planned = Array.from({ length: inARow }, (): Kill => {
      const way = ways[Math.floor(random() * ways.length)]!;
      return { way, ms: 3000 + random() * longest[command] };
    });
    const settings = command === 'up' ? ['--no-wait', ...world.settings] : ['--all'];
    const args = [command, '--yes', '--debug', ...settings];
    kills += await throughKills(world, { as: key, args }, planned, tell);
    tell(`${command} came to its end, ${kills} kills so far`);
  }
  const left = (await leftBehind(world.moto.url)).filter((each) => !before.includes(each));
  if (left.length > 0) throw new Error(`left behind:\n${left.join('\n')}`);
  tell('nothing is left');
}
tell(`${kills} kills, nothing left`);

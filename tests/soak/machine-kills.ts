// Kills and stops machines for large images at random moments, and compares what they wrote with that of one that nobody
// disturbed: npm run soak:machines -- [images] [machines] [kills] [seed]. Ends with 1 where bytes differ, an image counts
// twice, or more was computed again than the plane that was in work. Takes some 15 minutes.
import { isDeepStrictEqual } from 'node:util';
import { machineTrial, trialAccount } from '../support/machine-kills.ts';
import { startMoto } from '../support/simulated-account/moto.ts';

const [images = 200, machines = 4, kills = 20, seed = Date.now() % 1e9] = process.argv.slice(2).map(Number);
console.log(`seed ${seed}: ${images} images, ${machines} machines, ${kills} kills`);
await using moto = await startMoto();
const account = await trialAccount(moto);
const started = Date.now();
const trial = await machineTrial({ images, depths: 5, machines, kills, seed }, moto, account);
const { ends, again, done, calm, disturbed, job } = trial;
const after = await account.jobs.get(job);
const depth = await account.queue.depth('large');
account.close();
console.log(JSON.stringify({ seconds: Math.round((Date.now() - started) / 1000), ends, again, depth }));
console.log(`${done.length} of ${images} images were reported done, ${new Set(done).size} different ones`);
const held = {
  'the same bytes': isDeepStrictEqual(disturbed, calm) && Object.keys(calm).length === 4 * images,
  'each image counts once': after?.done === images && after.failed === 0 && new Set(done).size === done.length,
  'at most one plane again for each kill': again.SIGKILL.every((planes) => planes <= 1),
  'no plane again for a stop': again.SIGTERM.every((planes) => planes === 0),
  'no message is left': depth.waiting + depth.hidden + depth.dead === 0,
};
for (const [what, holds] of Object.entries(held)) console.log(`${holds ? 'holds' : 'DOES NOT HOLD'}: ${what}`);
process.exitCode = Object.values(held).every(Boolean) ? 0 : 1;

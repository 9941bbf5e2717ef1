// Runs schedules of the archive until one shows that a rule is broken: archive-schedules.ts COUNT SEED. Says after how many
// and how, in one line, and ends with 1; with 0 where all hold.
import { brokenSchedule } from '../memory/archive-schedule.ts';

const [count = 300, seed = 1] = process.argv.slice(2).map(Number);
const found = await brokenSchedule(count, seed);
if (found !== undefined) {
  console.log(`after ${found.schedules}: ${found.why.split('\n')[0]!.slice(0, 110)}`);
  process.exitCode = 1;
}

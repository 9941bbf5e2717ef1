import { writeFile } from 'node:fs/promises';
import type { InspectAnswer, InspectQuestion } from './inspect-alone.ts';
import { inspectPackage } from './inspect-package.ts';

/* The process of inspect-alone: one package comes by its channel, and what it is goes back. */

process.once('message', (question: InspectQuestion) => {
  void answerTo(question).then((answer) => process.send!(answer, () => process.exit(0)));
});
process.on('disconnect', () => process.exit(0)); // who started it has ended
process.on('SIGINT', () => {}); // Ctrl-C is for who started it

async function answerTo({ path, containers }: InspectQuestion): Promise<InspectAnswer> {
  // Where memory runs out Linux is to end this process, not the one that waits for it. Other systems have no such file.
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => {});
  try {
    return { inspection: await inspectPackage(path, { containers: containers === true }) };
  } catch (error) {
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { aboveZero, wholeNumber } from './numbers.ts';

export const workerCommand = (context: CommandContext) =>
  new Command('worker')
    .description('work on the large images of a stack on AWS until none waits; the stack starts it on a machine')
    .option('--idle <seconds>', 'end when no image has waited for so long', wholeNumber, 60)
    .option('--keep <seconds>', 'store what is done of an image after so many seconds (default: 30)', aboveZero)
    .addHelpText(
      'after',
      `
What a machine runs that a stack with the setting large starts. Its variables name the stack's resources.
Ctrl-C or a stop signal: what is done of an image is kept, and another machine goes on with it. One that
dies without a signal loses the planes in work and those of the last --keep seconds.

Example:
  labdeploy worker --idle 300`,
    )
    .action(async (options: { idle: number; keep?: number }) => {
      const { worker } = await import('../actions/worker.ts');
      await worker(options, context);
    });

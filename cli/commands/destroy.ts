import type { DestroyOptions } from '../actions/destroy.ts';
import type { CommandContext } from '../context.ts';
import { assertAnswered, stackCommand, withRefresh } from './stack-options.ts';

export const destroyCommand = (context: CommandContext) =>
  withRefresh(stackCommand('destroy', 'remove a deployment and everything it pays for'))
    .option(
      '--keep-data',
      'leave the accounts of people, the job table and the buckets that hold something, without expiry, and say what they cost',
    )
    .option('--all', "also remove the account's state bucket, when no deployment is left")
    .addHelpText(
      'after',
      `
Examples:
  labdeploy destroy                   shows what will go, asks for the name, proves that nothing is left
  labdeploy destroy --keep-data       keeps images, results, jobs and people; labdeploy up takes them up again`,
    )
    .action(async (options: DestroyOptions) => {
      assertAnswered(context, 'labdeploy destroy deletes data');
      const { destroy } = await import('../actions/destroy.ts');
      await destroy(options, context);
    });

import type { DestroyOptions } from '../actions/destroy.ts';
import type { CommandContext } from '../context.ts';
import { assertAnswered, stackCommand } from './stack-options.ts';

export const destroyCommand = (context: CommandContext) =>
  stackCommand('destroy', 'remove a deployment and everything it pays for')
    .option('--keep-data', 'leave the job table and the buckets that hold something, and say what they cost')
    .option('--all', "also remove the account's state bucket, when no deployment is left")
    .addHelpText(
      'after',
      `
Examples:
  labdeploy destroy                   shows what will go, asks for the name, proves that nothing is left
  labdeploy destroy --keep-data       keeps images, results and the job table`,
    )
    .action(async (options: DestroyOptions) => {
      assertAnswered(context, 'labdeploy destroy deletes data');
      const { destroy } = await import('../actions/destroy.ts');
      await destroy(options, context);
    });

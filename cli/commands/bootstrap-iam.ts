import type { BootstrapOptions } from '../actions/bootstrap-iam.ts';
import type { CommandContext } from '../context.ts';
import { accountCommand, assertAnswered, collect } from './stack-options.ts';

export const bootstrapIamCommand = (context: CommandContext) =>
  accountCommand('bootstrap-iam', 'make the one who deploys: a role and its permissions, once, as an administrator')
    .option('--base-name <name>', 'first word of all names, as in the configuration', 'labdeploy')
    .option('--user', 'also a user of the same rights')
    .option('--create-access-key', 'also a key of that user; its secret is shown once')
    .option(
      '--github <owner/repository[:environment]>',
      'let runs of this repository on GitHub deploy, without any stored key: those in its environments production and preview, or in the one named; may be repeated, and adds to those that may already',
      collect,
    )
    .option('--forget-github <owner/repository[:environment]>', 'let them no longer; may be repeated', collect)
    .option(
      '--mail-from <address>',
      'let stacks mail as this address, or as any of a domain (*@lab.example), and as no other; may be repeated',
      collect,
    )
    .option('--overwrite', 'replace policies that were edited by hand')
    .option('--print', 'only print the policies as JSON')
    .option('--check', 'only ask IAM whether the role may do everything it must')
    .option('--remove', 'take it all away')
    .addHelpText(
      'after',
      `
Examples:
  labdeploy bootstrap-iam --create-access-key         for a person: prints a key to deploy with
  labdeploy bootstrap-iam --github my-lab/labdeploy   for GitHub Actions, without keys
  labdeploy bootstrap-iam --print > deployer.json     for an administrator who wants to read it first`,
    )
    .action(async (options: BootstrapOptions) => {
      if (!options.print && !options.check)
        assertAnswered(context, 'labdeploy bootstrap-iam changes who may do what in your account');
      const { bootstrapIam } = await import('../actions/bootstrap-iam.ts');
      await bootstrapIam(options, context);
    });

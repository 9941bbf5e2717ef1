import type { Command } from 'commander';
import type { BootstrapOptions } from '../actions/bootstrap-iam.ts';
import type { DestroyOptions } from '../actions/destroy.ts';
import type { LogsOptions } from '../actions/logs.ts';
import type { UpOptions } from '../actions/up.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';
import { wholeNumber } from './numbers.ts';
import { accountCommand, collect, stackCommand } from './stack-options.ts';

/** Before anything is read or asked of AWS: a script that forgot --yes must not wait for its answer. */
function assertAnswered({ canAnswer }: Services, question: string): void {
  if (!canAnswer) throw new UserError('inputNeeded', { question });
}

const withConfig = (command: Command): Command =>
  command.option('-c, --config <key=value>', 'a setting, kept for the next time; may be repeated', collect);

export const upCommand = (services: Services) =>
  withConfig(stackCommand('up', "deploy the service to your lab's AWS account, or update it"))
    .option('--admin <email>', 'invite the first administrator')
    .option('--no-wait', 'do not wait until the page answers')
    .addHelpText(
      'after',
      `
Examples:
  labdeploy up --region eu-central-1 --admin me@lab.example     first deployment: shows what it makes, asks, prints the address
  labdeploy up --config retentionDays=30                        change a setting
  labdeploy up --yes --json                                     in a script

Made by \`labdeploy preview\` first, it changes nothing that the preview does not show. Run again after any failure: it goes on.`,
    )
    .action(async (own: UpOptions) => {
      assertAnswered(services, 'labdeploy up changes your AWS account');
      const { up } = await import('../actions/up.ts');
      await up(own, services);
    });

export const previewCommand = (services: Services) =>
  withConfig(stackCommand('preview', 'show what up would change'))
    .addHelpText('after', '\nExample:\n  labdeploy preview --config memory=3008')
    .action(async (own: StackOptions) => {
      const { preview } = await import('../actions/up.ts');
      await preview(own, services);
    });

export const destroyCommand = (services: Services) =>
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
    .action(async (own: DestroyOptions) => {
      assertAnswered(services, 'labdeploy destroy deletes data');
      const { destroy } = await import('../actions/destroy.ts');
      await destroy(own, services);
    });

export const unlockCommand = (services: Services) =>
  stackCommand('unlock', 'break the lock of a change that cannot end any more')
    .addHelpText('after', '\nExample:\n  labdeploy unlock --stack dev')
    .action(async (own: StackOptions) => {
      assertAnswered(services, 'labdeploy unlock breaks a lock');
      const { unlock } = await import('../actions/unlock.ts');
      await unlock(own, services);
    });

export const stacksCommand = (services: Services) =>
  accountCommand('stacks', 'list the deployments of this account and region')
    .addHelpText('after', '\nExample:\n  labdeploy stacks --region eu-central-1')
    .action(async (own: { region?: string }) => {
      const { stacks } = await import('../actions/stacks.ts');
      await stacks(own, services);
    });

export const outputsCommand = (services: Services) =>
  stackCommand('outputs', 'show the address and the names of a deployment')
    .addHelpText('after', '\nExample:\n  labdeploy outputs --json')
    .action(async (own: StackOptions) => {
      const { outputs } = await import('../actions/stacks.ts');
      await outputs(own, services);
    });

export const whoamiCommand = (services: Services) =>
  accountCommand('whoami', 'show whose AWS credentials are used')
    .addHelpText('after', '\nExample:\n  AWS_PROFILE=lab labdeploy whoami')
    .action(async (own: { region?: string }) => {
      const { whoami } = await import('../actions/whoami.ts');
      await whoami(own, services);
    });

export const doctorCommand = (services: Services) =>
  stackCommand('doctor', 'check everything that a deployment needs')
    .addHelpText('after', '\nExample:\n  labdeploy doctor --region eu-central-1')
    .action(async (own: StackOptions) => {
      const { doctor } = await import('../actions/doctor.ts');
      await doctor(own, services);
    });

export const bootstrapIamCommand = (services: Services) =>
  accountCommand('bootstrap-iam', 'make the one who deploys: a role and its permissions, once, as an administrator')
    .option('--base-name <name>', 'first word of all names, as in the configuration', 'labdeploy')
    .option('--user', 'also a user of the same rights')
    .option('--create-access-key', 'also a key of that user; its secret is shown once')
    .option('--github <owner/repository>', 'let runs of this repository on GitHub deploy, without any stored key')
    .option('--overwrite', 'replace policies that somebody has edited')
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
    .action(async (own: BootstrapOptions) => {
      if (!own.print && !own.check)
        assertAnswered(services, 'labdeploy bootstrap-iam changes who may do what in your account');
      const { bootstrapIam } = await import('../actions/bootstrap-iam.ts');
      await bootstrapIam(own, services);
    });

export const statusCommand = (services: Services) =>
  stackCommand('status', 'show whether a deployment answers, what waits, and which alarms ring')
    .addHelpText('after', '\nExample:\n  labdeploy status --stack dev')
    .action(async (own: StackOptions) => {
      const { status } = await import('../actions/status.ts');
      await status(own, services);
    });

export const logsCommand = (services: Services) =>
  stackCommand('logs', 'show what the functions of a deployment wrote')
    .option('--stage <stage>', 'one function: unzip, predict, zip, notify, sweep or api')
    .option('--job <id>', 'only lines about one job')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('--since <minutes>', 'how far to look back', wholeNumber, 60)
    .addHelpText('after', '\nExample:\n  labdeploy logs --stage predict --follow')
    .action(async (own: LogsOptions) => {
      const { logs } = await import('../actions/logs.ts');
      await logs(own, services);
    });

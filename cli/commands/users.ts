import type { Command } from 'commander';
import { Command as Group } from 'commander';
import type { AddOptions, UsersOptions } from '../actions/users.ts';

import type { CommandContext } from '../context.ts';
import { serviceUrl } from './service-url.ts';
import { stackCommand } from './stack-options.ts';

const usersOf = (name: string, summary: string, example: string): Command =>
  stackCommand(name, summary)
    .option('-d, --data <folder>', 'of a service on this machine: the folder of labdeploy local --users')
    .addHelpText(
      'after',
      `\nExamples:\n  labdeploy users ${example}\n  labdeploy users ${example} --data labdeploy-data`,
    );

/** Asks the service itself, as an administrator who signs in. */
const usageCommand = (context: CommandContext): Command =>
  new Group('usage')
    .summary('show what everybody used this month, and the disk')
    .description('Show what everybody used this month, and the disk; for administrators.')
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText('after', '\nExample:\n  labdeploy users usage --url https://segment.example.org')
    .action(async (options: { url: string }) => (await import('../actions/lab.ts')).showLab(options, context));

/** Asks the service itself, as an administrator who signs in. */
const requestsCommand = (context: CommandContext): Command =>
  new Group('requests')
    .summary('list who asks for another plan, oldest first')
    .description('List who asks for another plan, oldest first; for administrators. labdeploy users plan gives it.')
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText('after', '\nExample:\n  labdeploy users requests --url https://segment.example.org')
    .action(async (options: { url: string }) => (await import('../actions/lab.ts')).listPlanRequests(options, context));

/** Asks the service as whoever signs in. */
const exportCommand = (context: CommandContext): Command =>
  new Group('export')
    .summary('write what a service keeps of you to a file')
    .description('Write what a service keeps of you, beside images and results, to a JSON file.')
    .argument('<file>', 'where to write it; must not exist')
    .requiredOption('-u, --url <url>', 'address of the service', serviceUrl)
    .addHelpText('after', '\nExample:\n  labdeploy users export me.json --url https://segment.example.org')
    .action(async (file: string, options: { url: string }) =>
      (await import('../actions/lab.ts')).exportMe(file, options, context),
    );

export const usersCommand = (context: CommandContext): Command => {
  const actions = () => import('../actions/users.ts');
  return new Group('users')
    .summary('list, invite and remove the people of a service, give them plans, and show what they use')
    .addCommand(usageCommand(context))
    .addCommand(requestsCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(
      usersOf('list', 'list everybody, oldest first', 'list').action(async (options: UsersOptions) =>
        (await actions()).listUsers(options, context),
      ),
    )
    .addCommand(
      usersOf('add', 'invite a person', 'add ada@lab.example --plan large')
        .argument('[email]', 'address; a service on this machine also makes links for anybody')
        .option('--admin', 'may also invite and remove people')
        .option('--plan <name>', "limits (default: the service's)")
        .option('--identity <who>', 'of a stack: who they are at an institution, such as ORCID:0000-0002-1825-0097')
        .action(async (email: string | undefined, options: AddOptions) =>
          (await actions()).addUser(email, options, context),
        ),
    )
    .addCommand(
      usersOf('remove', 'forget an account; its jobs stay until they end by themselves', 'remove ada@lab.example')
        .argument('<user>', 'address, or id as users list shows it')
        .action(async (user: string, options: UsersOptions) => (await actions()).removeUser(user, options, context)),
    )
    .addCommand(
      usersOf(
        'forget',
        'remove an account, and with it all jobs, images and results of the person',
        'forget ada@lab.example --url https://segment.example.org',
      )
        .argument('<user>', 'address, or id; of a person who was removed the id that users usage shows')
        .requiredOption('-u, --url <url>', 'address of the service, which an administrator signs in to', serviceUrl)
        .action(async (user: string, options: UsersOptions & { url: string }) =>
          (await actions()).forgetUser(user, options, context),
        ),
    )
    .addCommand(
      usersOf('plan', "give a person a plan, or take it away for the service's default", 'plan ada@lab.example large')
        .argument('<user>', 'address, or id as users list shows it')
        .argument('[plan]', "name of a plan; without it the service's default")
        .action(async (user: string, plan: string | undefined, options: UsersOptions) =>
          (await actions()).setUserPlan(user, plan, options, context),
        ),
    );
};

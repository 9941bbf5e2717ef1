import { Command, Option } from 'commander';
import { galleries, upgradeWays } from '../../functions/core/features.ts';
import type { LocalOptions } from '../actions/local.ts';
import type { CommandContext } from '../context.ts';
import { byteSize, portNumber, wholeNumber } from './numbers.ts';

export const localCommand = (context: CommandContext) =>
  new Command('local')
    .summary('serve the web page and the API on this machine')
    .description(
      'Runs the whole service in one process: page, API, sign-in, storage and the stages. Prints its address; stops with Ctrl-C; continues every job when it is started again.',
    )
    .option('-d, --data <folder>', 'where everything is kept', 'labdeploy-data')
    .option('-p, --port <port>', 'port', portNumber, 8080)
    .option('--address <address>', 'address to listen on; any but this machine needs --users', '127.0.0.1')
    .option('--url <url>', 'address that browsers use, where it is another (a name, a proxy)')
    .option('--users', 'accounts for a lab, by invitation; without it the service is for one person')
    .addOption(
      new Option('--sign-up <policy>', 'who may make an account').choices(['invite', 'open']).default('invite'),
    )
    .option('--sign-up-domains <domains>', 'e-mail domains whose people may make an account, separated by commas')
    .option(
      '--sign-in-with <file>',
      'institutions whose people may sign in, a list in YAML (docs/sign-in.md); each secret: LABDEPLOY_SIGN_IN_SECRET_NAME',
    )
    .option('-m, --model <model...>', 'BioImage.IO packages, or names of shipped models; the first is the default', [
      'nuclei',
    ])
    .option('--containers', 'let administrators add models that are images, which this machine then runs')
    .option('-w, --workers <count>', 'worker threads (default: one a core)', wholeNumber)
    .option('--keep-days <days>', 'delete jobs this long after they ended', wholeNumber)
    .option('--archive-to <folder>', 'folder on another disk where results go, as the plans of their owners say')
    .option(
      '--archive-after <seconds>',
      'also archive results of whoever has no plan, so long after their job completed; with --archive-to',
      wholeNumber,
    )
    .option(
      '--archive-days <days>',
      'delete archived results after so many days (default: as plans say, 365 of the plan free); with --archive-to',
      wholeNumber,
    )
    .addOption(
      new Option(
        '--upgrades <way>',
        'people ask administrators for another plan (ask), or take one (self); with --users and --archive-to',
      )
        .choices(upgradeWays)
        .default('off'),
    )
    .option(
      '--disk-budget <size>',
      'take no upload beyond so much, such as 500GB (default: as the disk allows)',
      byteSize,
    )
    .option('--keep-free <size>', 'begin nothing in the last so much of the disk', byteSize, 2e9)
    .option(
      '--smtp <url>',
      'mail server for notices and invitations; with a password rather LABDEPLOY_SMTP, which no list of processes shows',
    )
    .option(
      '--mail-from <address>',
      'sender of mails (default: the user of --smtp, where it is an address); without --users also who gets them',
    )
    .option(
      '--webhook <url>',
      'post a signed notice there when a job ends (or LABDEPLOY_WEBHOOK); the secret: LABDEPLOY_WEBHOOK_SECRET, else one is made',
    )
    .option('--public-links', 'let owners make links with which anybody can download their results, for some days')
    .addOption(
      new Option('--gallery <kind>', 'a wall where people publish their results, or also pictures of people')
        .choices(galleries)
        .default('off'),
    )
    .option('--recipe <file...>', 'with --gallery people: recipes of your own, YAML')
    .option('--container <name=where...>', 'with --gallery people: containers of recipes, an address or a folder each')
    .option('--usual-recipe <name>', 'with --gallery people: the recipe of uploads that name none', 'deface')
    .option('--teach', 'teach models on this machine with labels that were corrected and accepted in the page')
    .option('--teach-python <command>', 'with --teach: Python with PyTorch, for networks', 'python3')
    .option('--tls-cert <file>', 'certificate, PEM')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--no-open', 'do not open a browser')
    .addHelpText(
      'after',
      `
Examples:
  labdeploy local                                     for yourself, on this machine
  labdeploy local --users --data /srv/labdeploy       for a lab: prints an invitation for the first administrator
  LABDEPLOY_SMTP=smtp://lab:password@mail.your-lab.org labdeploy local --users --mail-from labdeploy@your-lab.org
  labdeploy local --webhook https://chat.your-lab.org/hooks/labdeploy`,
    )
    .action(async (options: LocalOptions) => {
      const { local } = await import('../actions/local.ts');
      await local(options, context);
    });

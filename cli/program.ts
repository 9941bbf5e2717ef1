import { Command, CommanderError, Help } from 'commander';
import { withActionWords } from './action-words.ts';
import { agreementsCommand } from './commands/agreements.ts';
import { basesCommand } from './commands/bases.ts';
import { bootstrapIamCommand } from './commands/bootstrap-iam.ts';
import { completionCommand } from './commands/completion.ts';
import { costCommand } from './commands/cost.ts';
import { destroyCommand } from './commands/destroy.ts';
import { docsCommand } from './commands/docs.ts';
import { doctorCommand } from './commands/doctor.ts';
import { galleryCommand } from './commands/gallery.ts';
import { inspectCommand } from './commands/inspect.ts';
import { jobsCommand } from './commands/jobs.ts';
import { localCommand } from './commands/local.ts';
import { logsCommand } from './commands/logs.ts';
import { modelCommand } from './commands/model.ts';
import { outputsCommand } from './commands/outputs.ts';
import { previewCommand } from './commands/preview.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { stacksCommand } from './commands/stacks.ts';
import { statusCommand } from './commands/status.ts';
import { submitCommand } from './commands/submit.ts';
import { synthCommand } from './commands/synth.ts';
import { trainCommand } from './commands/train.ts';
import { unlockCommand } from './commands/unlock.ts';
import { upCommand } from './commands/up.ts';
import { usersCommand } from './commands/users.ts';
import { whoamiCommand } from './commands/whoami.ts';
import { workerCommand } from './commands/worker.ts';
import type { CommandContext } from './context.ts';
import { UserError, type UserErrorCode } from './errors.ts';
import { exitCodes } from './exit-codes.ts';
import { explain } from './explain.ts';
import { confirm, confirmName } from './io/confirm.ts';
import { type Host, jsonHost, terminalHost } from './io/terminal.ts';
import { version } from './package-file.ts';

/** Options that set up the host; no action sees them. They may stand before or after the command's name. */
function addGlobalOptions(command: Command): void {
  command
    .option('--json', 'one JSON object a line: events, then the result')
    .option('--debug', 'show stack traces')
    .option('-y, --yes', 'answer yes to every question')
    .option('--no-input', 'never ask');
  for (const child of command.commands) addGlobalOptions(child);
}

const isInteractive = () => process.stderr.isTTY === true && (process.env.CI ?? '') === '';

function createHost(json: boolean): Host {
  const streams = { out: process.stdout, err: process.stderr };
  if (json) return jsonHost(streams);
  const colour = process.stderr.isTTY === true && (process.env.NO_COLOR ?? '') === '';
  return terminalHost(streams, { colour, live: isInteractive() });
}

/** The whole command line. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('labdeploy')
    .description('Segment folders of microscope images: on this machine, or as a service of your own lab.')
    .version(version, '-V, --version')
    .addCommand(runCommand(context))
    .addCommand(reportCommand(context))
    .addCommand(localCommand(context))
    .addCommand(submitCommand(context))
    .addCommand(jobsCommand(context))
    .addCommand(galleryCommand(context))
    .addCommand(agreementsCommand(context))
    .addCommand(basesCommand(context))
    .addCommand(inspectCommand(context))
    .addCommand(modelCommand(context))
    .addCommand(trainCommand(context))
    .addCommand(bootstrapIamCommand(context))
    .addCommand(upCommand(context))
    .addCommand(previewCommand(context))
    .addCommand(synthCommand(context))
    .addCommand(destroyCommand(context))
    .addCommand(stacksCommand(context))
    .addCommand(outputsCommand(context))
    .addCommand(statusCommand(context))
    .addCommand(logsCommand(context))
    .addCommand(costCommand(context))
    .addCommand(unlockCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(whoamiCommand(context))
    .addCommand(usersCommand(context))
    .addCommand(workerCommand(context))
    .addCommand(completionCommand(context))
    .addCommand(docsCommand(context))
    .showHelpAfterError(false)
    .addHelpText(
      'after',
      `
Examples:
  labdeploy run images/ -o results           segment every .tif of a folder
  labdeploy report results                   tables and plots of its conditions
  labdeploy local                            the same as a web page, for you or for a lab
  labdeploy up --admin me@lab.example        the same as a service on your lab's AWS account
  labdeploy inspect images/cells.tif         what labdeploy sees in a file
  labdeploy model check models/nuclei        does the model give its own test output?

Exit codes: ${Object.entries(exitCodes)
        .map(([name, code]) => `${code} ${name}`)
        .join(', ')}`,
    );
  addGlobalOptions(program);
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    command.configureHelp({
      helpWidth: Math.min(process.stdout.columns ?? 100, 100),
      formatHelp: Help.prototype.formatHelp,
    });
    command.commands.forEach(quiet);
  };
  quiet(program);
  return program;
}

/** What a Ctrl-C does not explain. Where it cut off the engine or a request, what these say is only what came of that. */
const cutOff: ReadonlySet<string> = new Set<UserErrorCode>(['deployFailed', 'engineMissing', 'awsUnreachable']);
const isOfItsOwn = (error: unknown): boolean =>
  error instanceof CommanderError || (error instanceof UserError && !cutOff.has(error.code));

/** Commander's errors and what a Ctrl-C cut off become ours, so that every failure looks alike and has a code. */
function asUserError(error: unknown, command: string, interrupted: boolean): unknown {
  if (interrupted && !isOfItsOwn(error)) {
    return new UserError('interrupted', { next: 'run the same command again: it goes on from here' }, { cause: error });
  }
  if (!(error instanceof CommanderError)) return error;
  return new UserError('usage', { detail: error.message.replace(/^error: /, ''), command }, { cause: error });
}

/** The command that the words name, such as `jobs list`: what is no command of ours has no --help. */
function commandOf(program: Command, args: readonly string[]): string {
  const names: string[] = [];
  let command: Command | undefined = program;
  for (const word of args.filter((arg) => !arg.startsWith('-'))) {
    command = command.commands.find((each) => each.name() === word || each.aliases().includes(word));
    if (command === undefined) break;
    names.push(word);
  }
  return names.join(' ');
}

/** Cut off in the middle they would leave a deployment half changed. */
const changing: ReadonlySet<string> = new Set(['up', 'deploy', 'destroy', 'bootstrap-iam']);

/** Runs one command line and returns its exit code; never throws. */
export async function main(given: readonly string[]): Promise<number> {
  const args = withActionWords(given);
  const json = args.includes('--json');
  const debug = args.includes('--debug');
  const io = createHost(json);
  const interruption = new AbortController();
  const interrupt = (): void => {
    if (interruption.signal.aborted) process.exit(exitCodes.interrupted); // a second Ctrl-C does not wait
    interruption.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const unlessPipe = (then: () => void) => (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    then();
  };
  // A reader that goes away (`labdeploy inspect * | head`) is no failure of ours, and what changes an account goes on to its end.
  process.stdout.on(
    'error',
    unlessPipe(() => changing.has(args[0] ?? '') || process.exit(exitCodes.ok)),
  );
  process.stderr.on(
    'error',
    unlessPipe(() => {}),
  );
  const interactive = isInteractive();
  const answers = {
    yes: args.includes('--yes') || args.includes('-y'),
    interactive: interactive && !args.includes('--no-input'),
  };
  const program = buildProgram({
    io,
    signal: interruption.signal,
    cwd: process.cwd(),
    env: process.env,
    interactive,
    canAnswer: answers.yes || answers.interactive,
    confirm: (question) => confirm(question, answers),
    choose: async (question) => (answers.yes || !answers.interactive ? undefined : confirm(question, answers)),
    confirmName: (question, name) => confirmName(question, name, answers),
    version,
  });
  try {
    if (args.length === 0) {
      program.outputHelp();
      return exitCodes.usage;
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok; // --help, --version
    const failure = asUserError(error, commandOf(program, args), interruption.signal.aborted);
    io.fail(failure, debug);
    return explain(failure).exit;
  } finally {
    io.close();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

import { commandNodes } from '../../../cli/completion/command-tree.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { explain } from '../../../cli/explain.ts';
import { buildProgram } from '../../../cli/program.ts';

/** Commands as they are typed, and where AWS is while they run. */
export interface Round {
  endpoint: string;
  commands: readonly string[][];
}

/** How a command ended: what `explain` makes of its error, and the checks that failed; `ok` where it ended well. */
export interface Ending {
  code: string;
  exit: number;
  said: string;
  checks: string[];
}

/** A command without others below it. */
export interface Leaf {
  words: string;
  options: string[];
}

export interface Answer {
  leaves: Leaf[];
  /** Of each round, in the order of its commands. */
  rounds: Ending[][];
}

async function run(args: readonly string[]): Promise<Ending> {
  const checks: string[] = [];
  const context: CommandContext = {
    io: {
      emit(name, data) {
        const { outcome, detail, fix } = data as { outcome?: string; detail?: string; fix?: string };
        if (name === 'doctor.check' && outcome === 'fail') checks.push(`${detail} | ${fix}`);
      },
      fail() {},
      close() {},
    },
    ...{ signal: new AbortController().signal, cwd: process.cwd(), env: process.env, version: '0' },
    ...{ interactive: false, canAnswer: true },
    confirm: async () => true,
    choose: async () => undefined,
    confirmName: async () => {},
  };
  try {
    await buildProgram(context).parseAsync(args, { from: 'user' });
    return { code: 'ok', exit: 0, said: '', checks };
  } catch (error) {
    const { code, exit, what, why, next } = explain(error);
    return { code, exit, said: `${what}: ${why} | ${next}`, checks };
  }
}

/** Runs the commands of a round side by side, one round after the other: all in one process, as each start takes a second. */
const rounds: Ending[][] = [];
for (const { endpoint, commands } of JSON.parse(process.argv[2]!) as Round[]) {
  process.env.AWS_ENDPOINT_URL = endpoint;
  rounds.push(await Promise.all(commands.map(run)));
}
const leaves = commandNodes(buildProgram({} as CommandContext))
  .filter(({ commands }) => commands.length === 0)
  .map(({ words, options }) => ({ words: words.join(' '), options: options.flatMap(({ long = [] }) => long) }));
process.stdout.write(JSON.stringify({ leaves, rounds } satisfies Answer));

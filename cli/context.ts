import type { Host } from './io/terminal.ts';

/** What every action gets beside its own options. */
export interface CommandContext {
  io: Host;
  /** Aborted by Ctrl-C or a stop signal. */
  signal: AbortSignal;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** A user sits at a terminal. */
  interactive: boolean;
  /** A user can answer, or --yes has. */
  canAnswer: boolean;
  /** Asks yes or no. Throws `inputNeeded` where no user can answer. */
  confirm(question: string): Promise<boolean>;
  /** The same of a choice that --yes says nothing about: undefined without a terminal, or --yes was given. */
  choose(question: string): Promise<boolean | undefined>;
  /** Asks for a name typed back, before something that cannot be taken back. Throws where the answer is another. */
  confirmName(question: string, name: string): Promise<void>;
  version: string;
}

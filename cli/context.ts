import type { Host } from './io/terminal.ts';

/** What every action gets beside its own options. */
export interface CommandContext {
  io: Host;
  /** Aborted by Ctrl-C or a stop signal. */
  signal: AbortSignal;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Somebody sits at a terminal. */
  interactive: boolean;
  /** Somebody can answer, or --yes has. */
  canAnswer: boolean;
  /** Asks yes or no. Throws `inputNeeded` where nobody can answer. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a name typed back, before something that cannot be taken back. Throws where the answer is another. */
  confirmName(question: string, name: string): Promise<void>;
  version: string;
}

import type { CommandContext } from '../cli/context.ts';
import { UserError } from '../cli/errors.ts';
import type { Events } from '../cli/io/events.ts';
import { version } from '../cli/package-file.ts';
import type { JobChoices } from '../functions/core/job-choices.ts';

/** With the choices of a job: axes, scale, threshold and the others (functions/core/job.ts). */
export interface FolderOptions extends Omit<JobChoices, 'channel'> {
  /** Where the results go. What is there already and of the same model and settings is used again. */
  output: string;
  /** A BioImage.IO package (folder or zip), or the name of a shipped model; default: `nuclei`. */
  model?: string;
  /** Worker threads; default: one a core. */
  workers?: number;
  /** Number from 0 or name; default: the model's, else the first. */
  channel?: string;
  /** Also write the probability maps. */
  probabilities?: boolean;
  /** Also pack everything into results.zip. */
  archive?: boolean;
  /** Replace results of another model or other settings. */
  overwrite?: boolean;
  /** Stop at the first file that fails. */
  failFast?: boolean;
  signal?: AbortSignal;
  /** Called with what `labdeploy run --json` prints: `run.file`, `run.failed`, `run.progress` and the others. */
  onEvent?: <E extends keyof Events>(name: E, data: Events[E]) => void;
}

export type FolderResult = Events['run.done'];

/**
 * Does what `labdeploy run` does: folders, patterns, files or one zip, with all results in `output`. Throws UserError;
 * `filesFailed` only after all other files are done.
 */
export async function runFolder(
  inputs: string | readonly string[],
  { output, model = 'nuclei', probabilities = false, archive = false, signal, onEvent, ...rest }: FolderOptions,
): Promise<FolderResult> {
  const { run } = await import('../cli/actions/run.ts');
  let result: FolderResult | undefined;
  const refuse = async (question: string) => {
    throw new UserError('inputNeeded', { question });
  };
  const context: CommandContext = {
    io: {
      emit(name, data) {
        if (name === 'run.done') result = data as FolderResult;
        onEvent?.(name, data);
      },
      fail() {},
      close() {},
    },
    signal: signal ?? new AbortController().signal,
    cwd: process.cwd(),
    env: process.env,
    interactive: false,
    canAnswer: false,
    confirm: refuse,
    confirmName: refuse,
    choose: refuse,
    version,
  };
  const args = typeof inputs === 'string' ? [inputs] : inputs;
  await run(args, { ...rest, output, model, prob: probabilities, zip: archive }, context);
  if (result === undefined) throw new Error('the run ended without a result');
  return result;
}

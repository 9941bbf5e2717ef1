import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Training } from '../core/data-set.ts';

/** How `labdeploy train` is started, before its arguments. */
export interface TrainCommand {
  command: string;
  args: readonly string[];
}

/** How a training ended. */
export interface TrainingEnd {
  state: 'better' | 'notBetter' | 'failed';
  scores?: NonNullable<Training['scores']>;
  /** The page on it, a file. */
  report?: string;
  failure?: NonNullable<Training['failure']>;
}

/** Lines that it prints with --json (cli/io/train-events). */
type Line =
  | { event: 'train.progress'; epoch: number; epochs: number; secondsLeft: number }
  | { event: 'train.scoring'; done: number; total: number }
  | { event: 'train.unchanged'; before: number; after: number }
  | ({ event: 'train.judged'; better: boolean; report: string } & NonNullable<Training['scores']>)
  | { event: 'error'; code: string; what: string; why: string; next: string }
  | { event: 'train.started' | 'train.resumed' | 'train.smallerBatch' };

/** Of what it writes to stderr, where it dies without a word. */
const mostErrorText = 2000;

/**
 * Trains in a process of its own, in a folder. Ends it with the signal, as Ctrl-C does, and then throws the signal's reason
 * once it has ended.
 */
export async function runTraining(
  { command, args }: TrainCommand,
  { folder, words, env }: { folder: string; words: readonly string[]; env: NodeJS.ProcessEnv },
  { signal, onProgress }: { signal: AbortSignal; onProgress(progress: NonNullable<Training['progress']>): void },
): Promise<TrainingEnd> {
  signal.throwIfAborted();
  const child = spawn(command, [...args, ...words, '--json'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  let [errors, end] = ['', undefined as TrainingEnd | undefined];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-mostErrorText);
  });
  const closed = once(child, 'close') as Promise<[code: number | null, by: NodeJS.Signals | null]>;
  try {
    for await (const text of createInterface({ input: child.stdout })) {
      const line = JSON.parse(text) as Line;
      if (line.event === 'train.progress') {
        const { epoch: done, epochs: total, secondsLeft } = line;
        onProgress({ step: 'epochs', done, total, secondsLeft });
      } else if (line.event === 'train.scoring') onProgress({ step: 'scores', done: line.done, total: line.total });
      else end = endOf(line, end);
    }
    const [code, by] = await closed;
    signal.throwIfAborted();
    if (end !== undefined) return end;
    const message = errors.trim().split('\n').at(-1) || `the training ended with ${by ?? code}`;
    return { state: 'failed', failure: { code: 'trainingFailed', message } };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What a line says of the end, after what was said before. */
function endOf(line: Line, before: TrainingEnd | undefined): TrainingEnd | undefined {
  if (line.event === 'train.judged') {
    const { better, report, before: was, after, images } = line;
    return { state: better ? 'better' : 'notBetter', report, scores: { before: was, after, images } };
  }
  if (line.event === 'train.unchanged') {
    return { state: 'better', scores: { before: line.before, after: line.after, images: [] } };
  }
  if (line.event !== 'error') return before;
  const failure = { code: line.code, message: `${line.what}: ${line.why}` };
  return line.code === 'notBetter'
    ? { ...before!, failure: { code: line.code, message: line.why } }
    : { state: 'failed', failure };
}

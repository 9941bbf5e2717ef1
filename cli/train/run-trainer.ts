import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { packageRoot } from '../../functions/stack/package-root.ts';
import { UserError } from '../errors.ts';
import type { Io } from '../io/events.ts';

/** What the trainer prints, one JSON object a line (models/nuclei/finetune.py). */
type Line =
  | { event: 'epoch'; epoch: number; epochs: number; loss: number; secondsLeft: number }
  | { event: 'resumed'; epoch: number }
  | { event: 'smallerBatch'; batch: number }
  | { event: 'failed'; reason: 'diverged'; epoch: number }
  | { event: 'failed'; reason: 'otherNetwork'; detail: string }
  | { event: 'done'; torch: string; numpy: string; onnx: string; losses: number[] };

export interface Trained {
  versions: Record<'torch' | 'numpy' | 'onnx', string>;
  /** Mean loss of each epoch. */
  losses: number[];
}

interface Surroundings {
  io: Io;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
}

/** Modules that training needs, as Python imports them and as pip names them. */
export const trainerModules = ['torch', 'onnx', 'numpy', 'scipy', 'tifffile'] as const;

/** Throws `trainerMissing` where this Python has not what training needs. */
export async function checkPython(python: string, { env, signal }: Omit<Surroundings, 'io'>): Promise<void> {
  try {
    await promisify(execFile)(python, ['-c', `import ${trainerModules.join(', ')}`], { env, signal });
  } catch (error) {
    signal.throwIfAborted();
    const { code, stderr = '' } = error as { code?: unknown; stderr?: string };
    const detail = code === 'ENOENT' ? 'there is no such command' : (stderr.trim().split('\n').at(-1) ?? String(error));
    throw new UserError('trainerMissing', { python, detail }, { cause: error });
  }
}

/** Trains in a folder that holds plan.json; goes on from the checkpoint there. Ends with the signal. */
export async function runTrainer(python: string, folder: string, { io, env, signal }: Surroundings): Promise<Trained> {
  signal.throwIfAborted();
  const script = join(packageRoot, 'models/nuclei/finetune.py');
  const child = spawn(python, [script, folder], {
    env: { ...env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['pipe', 'pipe', 'pipe'], // its stdin ends with this process, and it does then
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  try {
    return await follow(child, folder, { io, signal });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function follow(
  child: ChildProcess,
  folder: string,
  { io, signal }: Omit<Surroundings, 'env'>,
): Promise<Trained> {
  let [errors, done] = ['', undefined as Trained | undefined];
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const closed = once(child, 'close');
  let failure: UserError | undefined;
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = JSON.parse(text) as Line;
    if (line.event === 'done') {
      const { torch, numpy, onnx, losses } = line;
      done = { versions: { torch, numpy, onnx }, losses };
    } else if (line.event === 'failed') failure = failureOf(line);
    else pass(line, io);
  }
  const [code, killedBy] = (await closed) as [number | null, NodeJS.Signals | null];
  signal.throwIfAborted();
  if (failure !== undefined) throw failure;
  if (done === undefined || code !== 0) {
    const last = errors.trim().split('\n').at(-1);
    throw new UserError('trainingFailed', { detail: last || `Python ended with ${killedBy ?? code}`, folder });
  }
  return done;
}

function failureOf(line: Extract<Line, { event: 'failed' }>): UserError {
  if (line.reason === 'diverged') return new UserError('trainingDiverged', { epoch: line.epoch });
  return new UserError('baseNotTrainable', {
    model: 'the base',
    detail: `its network is another: it lacks ${line.detail}`,
  });
}

function pass({ event, ...data }: Exclude<Line, { event: 'done' | 'failed' }>, io: Io): void {
  if (event === 'resumed') io.emit('train.resumed', data as { epoch: number });
  else if (event === 'smallerBatch') io.emit('train.smallerBatch', data as { batch: number });
  else io.emit('train.progress', data as Omit<Extract<Line, { event: 'epoch' }>, 'event'>);
}

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { ContainerEngine } from '../package/built-image.ts';
import { LastLines } from './last-lines.ts';

const run = promisify(execFile);

/** A step of a Dockerfile, numbered from 1. */
export interface BuildStep {
  step: number;
  of: number;
  what: string;
}

/** How a build ended: with the image's id, or with the last lines that the engine printed. */
export type Built = { image: string } | { how: string; lines: string[] };

export interface ImageSource {
  folder: string;
  /** Path in the folder. */
  dockerfile: string;
  /** What the image is called beside its id: `labdeploy/otsu`. */
  name: string;
}

/** Builds the image of a folder. Throws the signal's reason when that is aborted. */
export async function buildImage(
  engine: ContainerEngine,
  { folder, dockerfile, name }: ImageSource,
  onStep: (step: BuildStep) => void,
  signal: AbortSignal,
): Promise<Built> {
  const temporary = await mkdtemp(join(tmpdir(), 'labdeploy-build-'));
  try {
    const idFile = join(temporary, 'id');
    const options = ['--file', join(folder, dockerfile), '--tag', name, '--iidfile', idFile];
    const plain = engine === 'docker' ? ['--progress', 'plain'] : [];
    const child = spawn(engine, ['build', ...options, ...plain, folder], { stdio: ['ignore', 'pipe', 'pipe'], signal });
    const last = new LastLines();
    const closed = once(child, 'close') as Promise<[code: number | null, by: NodeJS.Signals | null]>;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.add(line);
        const step = stepOf(line);
        if (step !== undefined) onStep(step);
      });
    const [code, by] = await closed;
    if (code !== 0) return { how: by === null ? `ended with code ${code}` : `was ended by ${by}`, lines: last.lines };
    return { image: (await readFile(idFile, 'utf8')).trim() };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** `STEP 2/4: RUN …` of buildah and podman, `#6 [2/4] RUN …` of docker's BuildKit (also `[stage 2/4]`). */
export function stepOf(line: string): BuildStep | undefined {
  const [, step, of, what] = /^(?:STEP |#\d+ \[(?:\S+ +)?)(\d+)\/(\d+)(?:: |\] )(.*)$/.exec(line) ?? [];
  return what === undefined ? undefined : { step: Number(step), of: Number(of), what };
}

/** Whether the engine still has an image. */
export const hasImage = (engine: ContainerEngine, image: string): Promise<boolean> =>
  run(engine, ['inspect', '--type', 'image', image], { maxBuffer: 1 << 24 }).then(
    () => true,
    () => false, // all three answer with an error for an image that is not there
  );

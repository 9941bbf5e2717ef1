import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { unreadableReason } from '../../functions/core/unreadable.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { formatReport, type InspectReport } from '../../functions/image/inspect.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import { largestPlane } from '../../functions/runtime/admit-planes.ts';
import { type ReadingThreads, readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { folderEntries } from '../run/entries.ts';
import { expand, type InputRoot } from '../run/inputs.ts';
import { type FilePath, visit, walkFolder } from '../run/walk-folder.ts';

export interface InspectOptions {
  hash?: boolean;
  axes?: string;
}

/** Reports each file, the images of each folder and what each pattern matches; throws at the end when one cannot be read, after all others are reported. */
export async function inspect(
  args: readonly string[],
  options: InspectOptions,
  { io, cwd, signal }: CommandContext,
): Promise<void> {
  let failed = 0;
  let total = 0;
  await using reading = readingThreads();
  const interrupted = () => new UserError('interrupted', { next: 'run the same command again' });
  for (const arg of args)
    for await (const { file, path, failure } of filesOf(arg, cwd)) {
      if (signal.aborted) throw interrupted();
      const outcome =
        path === undefined
          ? { failure: failure! }
          : await inspectOne(path, options, reading, signal).catch((error: unknown) => {
              throw signal.aborted ? interrupted() : error;
            });
      total++;
      if ('failure' in outcome) failed++;
      io.emit('inspect.file', { file, ...outcome });
    }
  if (failed > 0) throw new UserError('filesUnreadable', { failed, total });
}

interface Named {
  /** As the user knows it. */
  file: string;
  /** Of a file that can be opened; else `failure` says why not. */
  path?: FilePath;
  failure?: ReportedFailure;
}

interface ReportedFailure {
  code: string;
  message: string;
}

async function* filesOf(arg: string, cwd: string): AsyncGenerator<Named> {
  let roots: InputRoot[];
  try {
    roots = await expand(arg, cwd);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    yield { file: arg, failure: { code: error.code, message: error.message } };
    return;
  }
  const [first] = roots;
  if (roots.length === 1 && first!.name === '') yield* imagesIn(arg, first!);
  else for (const root of roots) yield* fileAt(root, arg, cwd);
}

/** The file that a name or pattern stands for, whatever its own name is. */
async function* fileAt({ folder, name, file }: InputRoot, arg: string, cwd: string): AsyncGenerator<Named> {
  const shown = file === resolve(cwd, arg) ? arg : shownFrom(cwd, join(folder, name));
  for await (const found of visit({ file, path: '' }, undefined)) {
    if (found.trouble === undefined) yield { file: shown, path: found.file };
    else yield { file: shown, failure: reported(new Failure('imageUnreadable', { why: found.trouble.why })) };
  }
}

/** The images of a folder, by the rule of `run`; what is no image is none of ours. */
async function* imagesIn(arg: string, { file }: InputRoot): AsyncGenerator<Named> {
  const files = [];
  for await (const found of walkFolder({ file, path: '' }, undefined)) files.push(found);
  const entries = folderEntries(files).filter(({ leftOut }) => leftOut === undefined);
  for (const { path, file: image, refused } of entries.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const shown = path === '.' ? arg : `${arg.replace(/[\\/]+$/, '')}${sep}${path}`;
    yield { file: shown, ...(image === undefined ? { failure: refused! } : { path: image }) };
  }
  if (entries.length === 0) {
    const { code, message } = new UserError('nothingToDo', { inputs: arg });
    yield { file: arg, failure: { code, message } };
  }
}

/** Below the working folder as a user would type it, else whole. */
function shownFrom(cwd: string, file: string): string {
  const below = relative(cwd, file);
  return below.startsWith('..') || isAbsolute(below) ? file : below;
}

/** Bytes of a plane: what unpacks it holds it twice. */
const mostHashed = (): number => Math.min(2 ** 32, largestPlane() / 2);

type Outcome = { report: InspectReport; lines: string[] } | { failure: ReportedFailure };

async function inspectOne(
  path: FilePath,
  options: InspectOptions,
  reading: ReadingThreads,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    await using source = await openFileSource(path);
    const how = { ...options, maxPlaneBytes: mostHashed(), ...(typeof path === 'string' ? besideFile(path) : {}) };
    const report = await reading.inspect(source, how, signal);
    return { report, lines: formatReport(report) };
  } catch (error) {
    if (error instanceof Failure) return { failure: reported(error) };
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error; // not the file system's
    const why = unreadableReason(error) ?? (code === 'ENOENT' ? 'it has disappeared' : message);
    return { failure: reported(new Failure('imageUnreadable', { why }, { cause: error })) };
  }
}

const reported = ({ code, message }: Failure): ReportedFailure => ({ code, message });

import { appendFileSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { diskFailure } from '../adapters/local/object-files.ts';
import { downloadName, resultKinds } from '../core/object-keys.ts';
import { outputName } from '../core/output-names.ts';

/** A file as it was written. */
type State = { bytes: number; modifiedMs: number };

/** One line of the journal. `state`: absent where nothing tells whether the file was changed since. `of`: of a zip, what tells the results that it holds. */
interface Line {
  /** Below the output folder, `/` separated. */
  file: string;
  state?: State;
  of?: string;
}

/** Result files that are not of the job that has ended, below the output folder. */
export interface StaleResults {
  /** As labdeploy wrote them. */
  unchanged: string[];
  /** Changed since, or not known to be unchanged. */
  changed: string[];
}

/**
 * Which result files of an output folder labdeploy wrote, and how it left them: so a later run can tell its own files from
 * those of the user. Kept in `work` as lines of JSON that are added while images are finished.
 */
export class WrittenResults {
  readonly #folder: string;
  readonly #journal: string;
  readonly #lines: Map<string, Line>;
  /** Of this job, and written by it. */
  readonly #own = new Set<string>();
  #isTorn: boolean;

  constructor(folder: string, work: string) {
    this.#folder = folder;
    this.#journal = join(work, 'written.jsonl');
    const held = readIfThere(this.#journal);
    this.#lines = linesOf(held);
    this.#isTorn = held !== '' && !held.endsWith('\n');
  }

  /** Nothing is there that a run has finished. */
  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** An image is done. `files`: its results; `reused`: they were there already, and only their sizes were compared. */
  add(files: readonly string[], reused: boolean): void {
    const added: Line[] = [];
    for (const file of files) {
      const before = this.#lines.get(file);
      const state = stateOf(join(this.#folder, file));
      if (!reused || isSame(before?.state, state)) this.#own.add(file);
      if (reused && before !== undefined) continue;
      const line = { file, ...(!reused && state && { state }) };
      this.#lines.set(file, line);
      added.push(line);
    }
    if (added.length === 0) return;
    this.#checked(() => appendFileSync(this.#journal, (this.#isTorn ? '\n' : '') + added.map(text).join('')));
    this.#isTorn = false;
  }

  /** Files of earlier jobs that are still there. `results`: of the job that has ended. */
  stale(results: ReadonlySet<string>): StaleResults {
    const stale: StaleResults = { unchanged: [], changed: [] };
    for (const { file, state } of this.#lines.values()) {
      if (results.has(file) || file === downloadName) continue;
      const now = stateOf(join(this.#folder, file));
      if (now === undefined) this.#lines.delete(file);
      else (isSame(state, now) ? stale.unchanged : stale.changed).push(file);
    }
    stale.unchanged.sort();
    stale.changed.sort();
    return stale;
  }

  /** What becomes of a zip that the job did not write: it is kept where it is of the same results. Undefined: there is none. */
  oldZip(results: string): 'same' | 'other' | 'changed' | undefined {
    const now = stateOf(join(this.#folder, downloadName));
    if (now === undefined) return undefined;
    const line = this.#lines.get(downloadName);
    if (line === undefined || !isSame(line.state, now)) return 'changed';
    return line.of === results ? 'same' : 'other';
  }

  /** The job has written the zip of these results. */
  addZip(results: string): void {
    const state = stateOf(join(this.#folder, downloadName));
    this.#lines.set(downloadName, { file: downloadName, ...(state && { state }), of: results });
    this.#own.add(downloadName);
  }

  /** Removes files that labdeploy wrote, and the folders below the output folder that are empty then. */
  async remove(files: readonly string[]): Promise<void> {
    const folders = new Set<string>();
    for (const file of files) {
      await rm(join(this.#folder, file), { force: true });
      this.#lines.delete(file);
      for (let above = dirname(file); above !== '.'; above = dirname(above)) folders.add(above);
    }
    const deepestFirst = [...folders].sort((a, b) => b.length - a.length);
    for (const above of deepestFirst) await removeEmpty(join(this.#folder, above));
  }

  /** The job has ended: what it wrote is recorded as it is now, since its last step may have written it again. */
  close(): void {
    for (const file of this.#own) {
      const state = stateOf(join(this.#folder, file));
      if (state !== undefined) this.#lines.set(file, { ...this.#lines.get(file), file, state });
    }
    const lines = [...this.#lines.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
    this.#checked(() => {
      writeFileSync(`${this.#journal}.new`, lines.map(text).join(''));
      renameSync(`${this.#journal}.new`, this.#journal);
    });
  }

  #checked(change: () => void): void {
    try {
      change();
    } catch (error) {
      throw diskFailure(error, this.#journal) ?? error;
    }
  }
}

const text = (line: Line): string => `${JSON.stringify(line)}\n`;

function readIfThere(journal: string): string {
  try {
    return readFileSync(journal, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** A later line of a file replaces an earlier one. A killed process may have left part of a line: its image is done again. */
function linesOf(held: string): Map<string, Line> {
  const lines = new Map<string, Line>();
  for (const each of held.split('\n')) {
    const line = parsed(each);
    if (line !== undefined) lines.set(line.file, line);
  }
  return lines;
}

function parsed(each: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(each);
    return isLine(line) ? line : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const endings = resultKinds.map((kind) => outputName('', kind));

/** A folder of results can come from anyone: no line may name a file that is not a result below it. */
function isLine(line: unknown): line is Line {
  const { file } = (line ?? {}) as Partial<Line>;
  if (typeof file !== 'string') return false;
  if (file === downloadName) return true;
  return endings.some((ending) => file.endsWith(ending)) && file.split('/').every((name) => !/^\.{0,2}$|\\/.test(name));
}

/** Undefined where there is no file. Links and folders are the user's. */
function stateOf(file: string): State | undefined {
  try {
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    return { bytes: found.isFile() ? found.size : -1, modifiedMs: found.mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

const isSame = (before: State | undefined, now: State | undefined): boolean =>
  before !== undefined && now?.bytes === before.bytes && now.modifiedMs === before.modifiedMs;

async function removeEmpty(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length === 0) await rmdir(folder);
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

import { Failure } from '../../core/errors.ts';
import { type Directory, type Format, readDirectory } from './directory.ts';
import { tag } from './tags.ts';
import type { Window } from './window.ts';

/** Follows a chain of directories; `seen` and `budget` are shared by all chains of a file. */
export interface ChainGuard {
  seen: Set<number>;
  /** Bytes of directories left: they cannot take more than the file has. */
  budget: number;
  /** The chain may lead to a directory that was never written: it ends there. */
  unfinished?: boolean;
}

/** Reads directories from byte `first` until the chain ends. A loop, or directories that overlap, is imageBroken. */
export async function readChain(
  window: Window,
  format: Format,
  first: number,
  guard: ChainGuard,
): Promise<Directory[]> {
  const chain: Directory[] = [];
  for (let offset = first; offset !== 0; ) {
    if (guard.seen.has(offset))
      throw new Failure('imageBroken', { detail: `its directories form a loop at byte ${offset}` });
    guard.seen.add(offset);
    const directory =
      guard.unfinished === true && chain.length > 0
        ? await writtenDirectory(window, format, offset)
        : await readDirectory(window, format, offset);
    if (directory === undefined) break;
    guard.budget -= directory.bytes;
    if (guard.budget < 0) throw new Failure('imageBroken', { detail: 'its directories overlap' });
    chain.push(directory);
    offset = directory.next;
  }
  return chain;
}

/** Undefined where there is nothing, or not yet a directory: the end of the file, or what was there before. */
async function writtenDirectory(window: Window, format: Format, offset: number): Promise<Directory | undefined> {
  try {
    const directory = await readDirectory(window, format, offset);
    return directory.fields.has(tag.imageWidth) ? directory : undefined;
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/**
 * Reads the directories that a SubIFDs field lists. Some writers also link them to each other, so a chain is followed up to
 * one that is known. Source: TIFF technical note 1. One that leads back to the main chain, in `guard.seen`, is imageBroken.
 */
export async function readSubDirectories(
  window: Window,
  format: Format,
  starts: Iterable<number>,
  guard: ChainGuard,
): Promise<Directory[]> {
  const found = new Map<number, Directory>();
  for (const start of starts)
    for (let offset = start; offset !== 0 && !found.has(offset); ) {
      if (guard.seen.has(offset))
        throw new Failure('imageBroken', { detail: `its directories form a loop at byte ${offset}` });
      const directory = await readDirectory(window, format, offset);
      guard.budget -= directory.bytes;
      if (guard.budget < 0) throw new Failure('imageBroken', { detail: 'its directories overlap' });
      found.set(offset, directory);
      offset = directory.next;
    }
  return [...found.values()];
}

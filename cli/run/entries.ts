import { classifyPath } from '../../functions/core/classify-path.ts';
import { Failure } from '../../functions/core/errors.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { isHidden, shownPath } from '../../functions/core/paths.ts';
import { strayRegions, whyRegionsFile } from '../../functions/core/regions-file.ts';
import type { BatchFile } from '../../functions/runtime/batch/batch.ts';
import type { InputFile } from './walk-folder.ts';

const stored = ({ code, message }: Failure): StoredFailure => ({ code, message });

/** The manifest of files on this machine, by the rule of all entrances: normalised paths, each once, images only. */
export function folderEntries(files: readonly InputFile[]): BatchFile[] {
  const entries = new Map<string, BatchFile>();
  for (const file of files) {
    const { path, ...rest } = entryOf(file);
    if (!entries.has(path)) {
      entries.set(path, { path, ...rest });
      continue;
    }
    // Both are named: one wins, the other is failed.
    const why = 'another file has the same name in another Unicode form, or in bytes that are no UTF-8';
    const free = `${path} (${entries.size})`;
    const { file: _, ...named } = rest;
    const ended = named.refused !== undefined || named.leftOut !== undefined;
    entries.set(free, {
      path: free,
      ...named,
      ...(!ended && { refused: stored(new Failure('pathRefused', { why })) }),
    });
  }
  for (const path of strayRegions(entries.keys()))
    entries.get(path)!.leftOut = stored(new Failure('imageLeftOut', { why: whyRegionsFile(true) }));
  return [...entries.values()];
}

function entryOf({ file, path: raw, bytes, trouble }: InputFile): BatchFile {
  const named = classifyPath(raw);
  const { path } = named;
  const unreadable = trouble && stored(new Failure('imageUnreadable', { why: trouble.why }));
  if (trouble?.of === 'loop')
    return { path, bytes, leftOut: stored(new Failure('imageLeftOut', { why: trouble.why })) };
  if (trouble?.of === 'folder' && unreadable !== undefined && !isHidden(shownPath(raw)))
    return { path, bytes, refused: unreadable };
  if (named.kind === 'leftOut') return { path, bytes, leftOut: stored(named.failure) };
  if (named.kind === 'refused') return { path, bytes, refused: stored(named.failure) };
  return { path, bytes, ...(unreadable === undefined ? { file } : { refused: unreadable }) };
}

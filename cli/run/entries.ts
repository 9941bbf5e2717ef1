import { Failure } from '../../functions/core/errors.ts';
import { whyNoImage } from '../../functions/core/image-names.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { isImagePath, normalisePath, shownPath } from '../../functions/core/paths.ts';
import type { InputFile } from './inputs.ts';

/** One file of the job: an image on this machine, or a file that is named as failed. */
export interface Entry {
  path: string;
  bytes: number;
  file?: string;
  refused?: StoredFailure;
}

const refuse = (code: 'pathRefused' | 'imageLeftOut', why: string): StoredFailure => {
  const { message } = new Failure(code, { why });
  return { code, message };
};

/** The manifest of files on this machine, by the rule of all entrances: normalised paths, each once, images only. */
export function folderEntries(files: readonly InputFile[]): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { file, path: raw, bytes } of files) {
    const verdict = normalisePath(raw);
    const path = verdict.path ?? shownPath(raw);
    const reason = refusal(path, verdict.refused, entries.has(path));
    const free = entries.has(path) ? `${path} (${entries.size})` : path; // both are named: one wins, the other is failed
    entries.set(free, { path: free, bytes, ...(reason === undefined ? { file } : { refused: reason }) });
  }
  return [...entries.values()];
}

function refusal(path: string, refused: string | undefined, taken: boolean): StoredFailure | undefined {
  if (refused !== undefined) return refuse('pathRefused', refused);
  if (taken) return refuse('pathRefused', 'another file has the same name in another Unicode form');
  if (/\.zip$/i.test(path)) return refuse('imageLeftOut', 'it is a zip inside the folder: run it by itself');
  if (!isImagePath(path)) return refuse('imageLeftOut', whyNoImage(path));
  return undefined;
}

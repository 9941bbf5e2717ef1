import { Failure } from './errors.ts';
import { whyNoImage } from './image-names.ts';
import { isHidden, isImagePath, isNoise, normalisePath, shownPath } from './paths.ts';
import { isRegionsFile, whyRegionsFile } from './regions-file.ts';

/**
 * What becomes of one file of a folder, zip or upload, as far as its name says. `leftOut`: no image, so nothing fails;
 * `refused`: an image whose name cannot be kept. Both are named in the job with the reason.
 */
export type ClassifiedPath =
  | { kind: 'image'; path: string }
  | { kind: 'leftOut' | 'refused'; path: string; failure: Failure };

/** The one rule of all entrances. `path`: as it is stored and shown from now on. */
export function classifyPath(raw: string): ClassifiedPath {
  const verdict = normalisePath(raw);
  const path = verdict.path ?? (shownPath(raw) || '(no name)');
  const why = raw === '' ? undefined : leftOutBecause(path);
  if (why !== undefined) return { kind: 'leftOut', path, failure: new Failure('imageLeftOut', { why }) };
  if (verdict.path === undefined)
    return { kind: 'refused', path, failure: new Failure('pathRefused', { why: verdict.refused }) };
  return { kind: 'image', path };
}

function leftOutBecause(path: string): string | undefined {
  if (isNoise(path)) return 'Finder or Explorer made it';
  if (isHidden(path)) return 'it is hidden: its name or that of its folder starts with a dot';
  if (isRegionsFile(path)) return whyRegionsFile();
  if (/\.zip$/i.test(path)) return 'it is a zip among the files: send it by itself';
  if (!isImagePath(path)) return whyNoImage(path);
  return undefined;
}

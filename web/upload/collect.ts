import { isNoise } from '../../functions/core/paths.ts';
import type { PickedFile } from './picked-file.ts';

/** A FileSystemHandle of the browser, which knows how to keep it. */
export interface KeptHandle {
  kind: 'file' | 'directory';
  name: string;
}

/** What the user dropped or picked. */
export interface Picked {
  /** A folder's name, a zip's, or undefined for loose files. */
  name: string | undefined;
  source: 'files' | 'zip';
  /** In order of their paths; of a zip: itself. */
  files: PickedFile[];
  bytes: number;
  /** With these the browser opens the files again after the page was closed; undefined where it cannot. */
  handles?: readonly KeptHandle[] | undefined;
}

/** Names relative to the one folder that was chosen, as `labdeploy run FOLDER` has them; several keep their names. */
export function arrange(found: readonly PickedFile[]): Picked {
  const kept = found.filter(({ path }) => !isNoise(path));
  const only = kept.length === 1 ? kept[0]! : undefined;
  if (only !== undefined && /\.zip$/i.test(only.path)) {
    const path = only.path.split('/').at(-1)!;
    const name = path.replace(/\.zip$/i, '');
    return { name, source: 'zip', files: [{ ...only, path }], bytes: only.bytes };
  }
  const tops = new Set(kept.map(({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')));
  const [top] = tops;
  const folder = tops.size === 1 && top !== '' ? top : undefined;
  const below = (path: string) =>
    folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
  const files = (kept.length === 0 ? [] : found)
    .map((file) => ({ ...file, path: below(file.path) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name: folder, source: 'files', files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

import { isImagePath, isNoise } from '../../functions/core/paths.ts';
import type { Outgoing } from './send-files.ts';

/** What somebody dropped or picked. */
export interface Picked {
  /** A folder's name, a zip's, or undefined for loose files. */
  name: string | undefined;
  source: 'files' | 'zip';
  /** In order of their paths; of a zip: itself. */
  files: Outgoing[];
  images: number;
  /** Named in the job as left out, since they are no TIFF. */
  others: number;
  /** Left by the system beside the images (.DS_Store): not sent. */
  noise: number;
  bytes: number;
}

/** A file and where it lay: `cells/day 1/a.tif`, with the folder that was dropped. */
export type Found = Outgoing;

/** Names relative to the one folder that was chosen, as `labdeploy run FOLDER` has them; several keep their names. */
export function arrange(found: readonly Found[]): Picked {
  const kept = found.filter(({ path }) => !isNoise(path));
  const noise = found.length - kept.length;
  const only = kept.length === 1 ? kept[0]! : undefined;
  if (only !== undefined && /\.zip$/i.test(only.path)) {
    const name = only.path.split('/').at(-1)!;
    const files = [{ ...only, path: name }];
    return {
      name: name.replace(/\.zip$/i, ''),
      source: 'zip',
      files,
      images: 0,
      others: 0,
      noise,
      bytes: only.bytes,
    };
  }
  const tops = new Set(kept.map(({ path }) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '')));
  const [top] = tops;
  const folder = tops.size === 1 && top !== '' ? top : undefined;
  const files = kept
    .map((file) => ({ ...file, path: folder === undefined ? file.path : file.path.slice(folder.length + 1) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const images = files.filter(({ path }) => isImagePath(path)).length;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { name: folder, source: 'files', files, images, others: files.length - images, noise, bytes };
}

/** The first images: what the first that can be read looks like is shown, and taken for all. */
export const firstImages = ({ source, files }: Picked, count: number): Outgoing[] =>
  source === 'zip' ? [] : files.filter(({ path }) => isImagePath(path)).slice(0, count);

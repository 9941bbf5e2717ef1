import { type Selection, selectFiles } from '../../client/upload/select-files.ts';
import { classifyPath } from '../../functions/core/classify-path.ts';
import { isNoise } from '../../functions/core/paths.ts';
import type { PlanLimits } from '../../functions/core/plans.ts';
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

/** What a job takes of it. The service looks into a zip, not the page. */
export const selectionOf = ({ source, files }: Picked, limits?: PlanLimits): Selection<PickedFile> =>
  source === 'zip' ? { send: files, notSent: [] } : selectFiles(files, limits);

const isImage = ({ path }: PickedFile): boolean => classifyPath(path).kind === 'image';

export const imagesIn = ({ files }: Pick<Picked, 'files'>): number => files.filter(isImage).length;

/** Images of a folder that are looked into before anything is sent. */
export interface LookedInto {
  /** The first that can be read of these is shown: one bad file must not hide the others. */
  first: PickedFile[];
  /** Spread over the folder: their channels are offered. */
  spread: PickedFile[];
}

const firstLooked = 5;
const mostLooked = 24;

export function lookedInto({ source, files }: Picked): LookedInto {
  const images = source === 'zip' ? [] : files.filter(isImage);
  const step = Math.max(1, (images.length - 1) / (mostLooked - 1));
  const count = Math.min(mostLooked, images.length);
  return {
    first: images.slice(0, firstLooked),
    spread: Array.from({ length: count }, (_, i) => images[Math.round(i * step)]!),
  };
}

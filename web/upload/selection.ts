import { type Selection, selectFiles } from '../../client/upload/select-files.ts';
import { classifyPath } from '../../functions/core/classify-path.ts';
import type { PlanLimits } from '../../functions/core/plans.ts';
import type { Picked } from './collect.ts';
import type { PickedFile } from './picked-file.ts';

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

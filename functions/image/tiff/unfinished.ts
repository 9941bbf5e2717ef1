import type { Format } from './directory.ts';
import type { Window } from './window.ts';

/** Headers of Micro-Manager's index of planes and of NDTiff's version. Source: Micro-Manager, "File formats"; NDTiff specification. */
const indexHeader = 54_773_648;
const ndTiffHeader = 483_729;

/**
 * Whether Micro-Manager never finished a file, as its recording was stopped: each directory points to where the next was to be,
 * and the index of planes is written last. NDTiff has no index in the file: what its last directory points to decides.
 */
export async function maybeUnfinished(window: Window, { little }: Format): Promise<boolean> {
  if (window.size < 16) return false;
  const header = await window.view(8, 8, 'the header');
  const kind = header.getUint32(0, little);
  return kind === ndTiffHeader || (kind === indexHeader && header.getUint32(4, little) === 0);
}

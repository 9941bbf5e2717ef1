import { isOmeCompanion, mostOmeBytes } from './ome-companion.ts';
import { isRegionLabels, isRegionsFile, mostRoiBytes } from './regions-file.ts';

/** By its name alone. */
export const isNamedCompanion = (path: string): boolean => isRegionsFile(path) || isOmeCompanion(path);

/** A file that is no image, and that images of its folder are read with: their words, or their regions of interest. */
export function isCompanion(path: string, bytes: number): boolean {
  if (isRegionLabels(path)) return true; // as large as its image
  if (isRegionsFile(path)) return bytes <= mostRoiBytes;
  return isOmeCompanion(path) && bytes <= mostOmeBytes;
}

import { imageEnding, withoutImageEnding } from './image-names.ts';

/**
 * Files that hold regions of interest of the image beside them: Fiji's own (`a.roi`, `a_RoiSet.zip`, `a.roi.zip`, for all
 * images of a folder `RoiSet.zip`), or a label image. Fiji writes these names in this case.
 */
const roiFile = /\.roi$|(^|_)RoiSet\.zip$|[^/]\.roi\.zip$/;
const labelFile = /[^/]_regions\.tiff?$/i;

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** By its name alone; a label image of regions is no image to predict. */
export const isRegionsFile = (path: string): boolean => roiFile.test(nameOf(path)) || labelFile.test(nameOf(path));

export const isRegionLabels = (path: string): boolean => labelFile.test(nameOf(path));

/** Of one file and of all ROIs of a set: what is drawn by hand has kilobytes. */
export const mostRoiBytes = 64 << 20;

/** For all images of a folder that have none of their own. */
const ofFolder = 'RoiSet.zip';

/** Names of the files that may hold the regions of an image (its name without folders), the first that is there counts. */
export function regionsFilesOf(name: string): string[] {
  const stem = withoutImageEnding(name);
  const own = [`${stem}.roi`, `${stem}_RoiSet.zip`, `${stem}.roi.zip`, `${stem}_regions.tif`, `${stem}_regions.tiff`];
  return [...own, ofFolder];
}

/** Files of regions that no image beside them is called like: a name may be misspelt. `paths`: of all files of a job. */
export function strayRegions(paths: Iterable<string>): Set<string> {
  const stray = new Set<string>();
  const used = new Set<string>();
  for (const path of paths) {
    if (isRegionsFile(path)) stray.add(path);
    else if (imageEnding.test(path)) {
      const folder = path.slice(0, path.length - nameOf(path).length);
      for (const name of regionsFilesOf(nameOf(path))) used.add(folder + name);
    }
  }
  return new Set([...stray].filter((path) => !used.has(path)));
}

/** Why a file of regions is left out, in words for its owner. */
export const whyRegionsFile = (isStray = false): string =>
  isStray
    ? 'it holds regions of interest, and no image beside it has its name'
    : 'it holds regions of interest, which are read with the image beside it';

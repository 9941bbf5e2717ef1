/** OME-XML in a file of its own: the words of the OME-TIFF files beside it. `plate.companion.ome`, `plate.ome.xml`. */
const companionEnding = /[^/]\.ome(?:\.xml)?$/i;

/** Longer words than those of ten thousand planes are not read again for each file of a set. */
export const mostCompanionBytes = 8 << 20;

/** A file that is no image, and that images of its folder are read with. */
export const isCompanion = (path: string, bytes: number): boolean =>
  companionEnding.test(path) && bytes <= mostCompanionBytes;

export const isNamedCompanion = (path: string): boolean => companionEnding.test(path);

/** OME-XML in a file of its own: the words of the OME-TIFF files beside it. `plate.companion.ome`, `plate.ome.xml`. */
const ending = /[^/]\.ome(?:\.xml)?$/i;

export const isOmeCompanion = (path: string): boolean => ending.test(path);

/** Longer words than those of ten thousand planes are not read again for each file of a set. */
export const mostOmeBytes = 8 << 20;

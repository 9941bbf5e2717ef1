/* How pictures of images look, in previews and in the viewer. */

/** Orange of the Okabe-Ito palette, brightened: stands out from every grey, for colour-blind readers too. */
export const outlineColour = [255, 160, 0] as const;

/** Share of pixels that may be black or white: the usual display range of fluorescence images. */
export const darkest = 0.01;
export const brightest = 0.998;

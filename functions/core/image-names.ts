/** How images' names end: `.btf` and `.tf8` are BigTIFF, `.lsm` is Zeiss's TIFF, `.stk` MetaMorph's. `.ome.tif` is one ending. */
export const imageEnding = /(?<=[^/])(?:\.ome)?\.(?:tiff?|btf|tf8|lsm|stk|png|jpe?g)$/i;

/** The path without its ending; what does not end so stays. */
export const withoutImageEnding = (path: string): string => path.replace(imageEnding, '');

/** Microscopes' own formats, which Bio-Formats reads and labdeploy does not. Source: Bio-Formats, "Supported formats". */
const microscopeFormats: Record<string, string> = {
  czi: 'Zeiss CZI',
  zvi: 'Zeiss ZVI',
  nd2: 'Nikon ND2',
  lif: 'Leica LIF',
  lof: 'Leica LOF',
  xlif: 'Leica XLIF',
  oir: 'Olympus OIR',
  oif: 'Olympus OIF',
  oib: 'Olympus OIB',
  vsi: 'Olympus VSI',
  ims: 'Imaris',
  dv: 'DeltaVision',
  ics: 'ICS',
  ids: 'ICS',
  mvd2: 'Volocity',
  scn: 'Leica SCN',
  ndpi: 'Hamamatsu NDPI',
};

/** The format of a microscope's own file, by its name. */
export function microscopeFormat(path: string): string | undefined {
  const ending = /[^/]\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(microscopeFormats, ending) ? microscopeFormats[ending] : undefined;
}

/** Why a path that is no image's is left out, and what to do where it is a microscope's own file. */
export function whyNoImage(path: string): string {
  const format = microscopeFormat(path);
  if (format === undefined) return 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg';
  return `it is a ${format} file: convert it with "bfconvert FILE OUT.ome.tif" (Bio-Formats), or open it in Fiji with File > Import > Bio-Formats and save it as TIFF (docs/tiff.md has a macro for a folder)`;
}

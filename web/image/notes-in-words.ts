import { strings } from '../strings.ts';

/** The notes of a file in the words of the page: its setting stands where a command has an option. */
export const notesInWords = (notes: readonly string[], pixelSizeReason: string | undefined): string[] => [
  ...notes.map((note) =>
    note.replaceAll('--axes', strings.axesSetting).replaceAll('--invert', `“${strings.objectSettings.invert}”`),
  ),
  ...(pixelSizeReason === undefined ? [] : [strings.pixelSizeReason(pixelSizeReason)]),
];

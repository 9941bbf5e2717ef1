import type { PngImage } from './png.ts';

/** Pixels of one letter, and from one to the next. */
const letterHeight = 7;
const letterWidth = 5;
const step = letterWidth + 1;

/** What lengths are written with: seven rows of five pixels each. */
const letters: Readonly<Record<string, readonly string[]>> = {
  '0': [' ### ', '#   #', '#  ##', '# # #', '##  #', '#   #', ' ### '],
  '1': ['  #  ', ' ##  ', '  #  ', '  #  ', '  #  ', '  #  ', ' ### '],
  '2': [' ### ', '#   #', '    #', '   # ', '  #  ', ' #   ', '#####'],
  '3': [' ### ', '#   #', '    #', '  ## ', '    #', '#   #', ' ### '],
  '4': ['   # ', '  ## ', ' # # ', '#  # ', '#####', '   # ', '   # '],
  '5': ['#####', '#    ', '#### ', '    #', '    #', '#   #', ' ### '],
  '6': [' ### ', '#    ', '#    ', '#### ', '#   #', '#   #', ' ### '],
  '7': ['#####', '    #', '   # ', '  #  ', '  #  ', '  #  ', '  #  '],
  '8': [' ### ', '#   #', '#   #', ' ### ', '#   #', '#   #', ' ### '],
  '9': [' ### ', '#   #', '#   #', ' ####', '    #', '    #', ' ### '],
  '.': ['     ', '     ', '     ', '     ', '     ', ' ##  ', ' ##  '],
  ' ': ['     ', '     ', '     ', '     ', '     ', '     ', '     '],
  µ: ['     ', '     ', '#   #', '#   #', '#  ##', '### #', '#    '],
  m: ['     ', '     ', '#### ', '# # #', '# # #', '# # #', '# # #'],
  n: ['     ', '     ', '#### ', '#   #', '#   #', '#   #', '#   #'],
};

/** Pixels that a text takes, where each pixel of a letter is `size` by `size`. */
export const textSize = (text: string, size: number): { height: number; width: number } => ({
  height: letterHeight * size,
  width: (step * text.length - 1) * size,
});

/** Writes a length (`20 µm`) in white into an RGB picture; `at`: its upper left corner. Throws RangeError for other letters. */
export function drawText(
  { width, data }: PngImage,
  text: string,
  at: { row: number; column: number; size: number },
): void {
  for (const [i, character] of [...text].entries()) {
    const rows = letters[character];
    if (rows === undefined) throw new RangeError(`there is no letter ${character}`);
    for (let row = 0; row < letterHeight * at.size; row++)
      for (let column = 0; column < letterWidth * at.size; column++) {
        if (rows[Math.floor(row / at.size)]![Math.floor(column / at.size)] !== '#') continue;
        const pixel = (at.row + row) * width + at.column + i * step * at.size + column;
        data.fill(255, 3 * pixel, 3 * pixel + 3);
      }
  }
}

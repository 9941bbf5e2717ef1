import { imageEnding } from './image-names.ts';
import { tableNames } from './object-keys.ts';

/*
 * The one path rule of all entrances: browser, zip, command line, API.
 *
 * Names are kept as the lab wrote them: spaces (also at the end of a folder's name), `#`, `+`, `%`, `:`, any script, and
 * names that only Windows reserves (`aux.tif`), because they come from machines where they are legal. What is refused can
 * leave the job's folder, cannot be stored on S3 unchanged, or cannot be shown without misleading.
 * `\` separates folders as `/` does: zips made on Windows write it, and no program could unpack a name that holds one there.
 */

/** S3: 1024 bytes of UTF-8 a key. The rest is owner (OIDC: up to 255), job id (40), two `/`, and what predict appends. */
export const longestPath = 1024 - 255 - 40 - 2 - 32;
/** Bytes of UTF-8 of one folder or file name: what the file systems of Linux, macOS and Windows can hold. */
export const longestName = 255;

export type PathVerdict = { path: string; refused?: never } | { refused: string; path?: never };

const utf8 = new TextEncoder(); // not Buffer: the page asks here, too
const bytes = (text: string): number => utf8.encode(text).length;

// Control characters, those that turn the writing round (bidirectional embeddings, overrides and isolates), line and
// paragraph separators, and the two code points that XML (S3's listings) cannot carry.
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;

/** The path as it is stored: NFC, `/` between folders; or why it is refused, in words for its owner. */
export function normalisePath(raw: string): PathVerdict {
  if (!raw.isWellFormed()) return { refused: 'the name is not valid Unicode' };
  const path = raw.normalize('NFC').replaceAll('\\', '/');
  const names = path.split('/');
  const refused =
    faultOfWhole(path) ?? names.map(faultOfName).find((fault) => fault !== undefined) ?? faultOfTop(names);
  return refused === undefined ? { path } : { refused };
}

function faultOfWhole(path: string): string | undefined {
  if (path === '') return 'the name is empty';
  if (unprintable.test(path)) return 'the name holds a control character';
  if (path.startsWith('/')) return 'the path is absolute';
  if (/^[A-Za-z]:/.test(path)) return 'the path starts with a drive letter';
  return bytes(path) > longestPath ? `the path is longer than ${longestPath} bytes` : undefined;
}

function faultOfName(name: string): string | undefined {
  if (name === '') return 'the path holds an empty folder or file name';
  if (/^[. ]+$/.test(name)) return `the path holds '${name}'`;
  return bytes(name) > longestName ? `a name in the path is longer than ${longestName} bytes` : undefined;
}

/** Names that the results need at their top. */
function faultOfTop(names: readonly string[]): string | undefined {
  const top = fold(names[0]!);
  if (top.startsWith('.tables')) return "names that start with '.tables' are labdeploy's own";
  return names.length > 1 && tableNames.some((table) => fold(table) === top)
    ? `'${names[0]}' is the name of a table in the results, so no folder can have it`
    : undefined;
}

/** Any name made safe to store and show in a list, also one that is refused: what cannot be printed becomes `\u{1b}`. */
export function shownPath(raw: string): string {
  const shown = raw
    .toWellFormed()
    .normalize('NFC')
    .replace(new RegExp(unprintable, 'gu'), (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
  return bytes(shown) > longestPath ? `${cut(shown, longestPath - 3)}...` : shown;
}

/** Unicode characters of a job's name. */
const longestJobName = 200;

/** The name of the job of a folder or zip, which may be called what no job can be. */
export const jobNameOf = (folder: string): string =>
  [...shownPath(folder)].slice(0, longestJobName).join('') || 'images';

export const isImagePath = (path: string): boolean => imageEnding.test(path);

/** By its own name or that of a folder above it, as on Linux and macOS. */
export const isHidden = (path: string): boolean =>
  path.split('/').some((name) => name.startsWith('.') && !/^[. ]+$/.test(name));

/** Left by Finder and Explorer beside the user's files. */
export function isNoise(path: string): boolean {
  const names = path.split('/');
  const name = names.at(-1)!;
  return names.includes('__MACOSX') || name.startsWith('._') || /^(\.ds_store|thumbs\.db|desktop\.ini)$/i.test(name);
}

/** Two names that a file system of macOS or Windows may take for one are equal when folded. */
export const fold = (path: string): string => path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');

/** The longest start of at most `limit` bytes that splits no character. */
export function cut(text: string, limit: number): string {
  let kept = '';
  let size = 0;
  for (const char of text) {
    size += bytes(char);
    if (size > limit) break;
    kept += char;
  }
  return kept;
}

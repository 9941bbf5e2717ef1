import { withoutImageEnding } from './image-names.ts';
import { type ResultKind, resultKinds, tableNames } from './object-keys.ts';
import { cut, fold, longestName } from './paths.ts';

/** Name of a result in the zip and in the output folder: `cells/a` + `labels.tif` -> `cells/a_labels.tif`. */
export const outputName = (stem: string, kind: ResultKind): string => `${stem}_${kind}`;

const longestEnding = Math.max(...resultKinds.map((kind) => Buffer.byteLength(outputName('', kind))));

/**
 * The start of the names that the results of each image get. `cells/a.tif` -> `cells/a`, `b.lsm` -> `b`, `.ome.tif` is dropped whole;
 * where that would make two names equal (a.tif, a.tiff), or equal to an input, a folder or a table, the full file name is
 * kept (`cells/a.tiff`), and where that is not enough (a.tif, A.tif) a hash of the path follows. Equal means equal on a
 * disk that ignores case. So results can be unpacked beside their images on any machine, and nothing is overwritten.
 * The answer depends on the set of paths only, not on their order. `paths`: normalised, each once.
 */
export function outputStems(paths: Iterable<string>): Map<string, string> {
  const sorted = [...paths].sort();
  const reserved = new Set<string>([...tableNames, ...sorted, ...sorted.flatMap(folders)].map(fold));
  const attempts = new Map(sorted.map((path) => [path, 0]));
  const stems = new Map(sorted.map((path) => [path, stemOf(path, 0)]));
  for (let undecided = sorted; undecided.length > 0; ) {
    const users = new Map<string, number>();
    for (const stem of stems.values()) users.set(fold(stem), (users.get(fold(stem)) ?? 0) + 1);
    undecided = sorted.filter((path) => {
      const stem = stems.get(path)!;
      return users.get(fold(stem))! > 1 || resultKinds.some((kind) => reserved.has(fold(outputName(stem, kind))));
    });
    for (const path of undecided) {
      const attempt = attempts.get(path)! + 1;
      attempts.set(path, attempt);
      stems.set(path, stemOf(path, attempt));
    }
  }
  return stems;
}

/** Every folder above a path: `a/b/c.tif` -> `a`, `a/b`. */
const folders = (path: string): string[] => [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));

function stemOf(path: string, attempt: number): string {
  if (attempt === 0) return shorten(withoutImageEnding(path), hash(path, attempt));
  if (attempt === 1) return shorten(path, hash(path, attempt));
  return shorten(`${path}~${hash(path, attempt)}`, hash(path, attempt));
}

/** Shortens the file name so that the longest result name still fits a disk; the mark keeps apart what was cut. */
function shorten(stem: string, mark: string): string {
  const slash = stem.lastIndexOf('/') + 1;
  const name = stem.slice(slash);
  const longest = longestName - longestEnding;
  if (Buffer.byteLength(name) <= longest) return stem;
  return `${stem.slice(0, slash)}${cut(name, longest - mark.length - 1)}~${mark}`;
}

/** FNV-1a, 32 bits, of the UTF-8 bytes: eight hex digits to tell names apart, not to protect anything. */
function hash(text: string, salt: number): string {
  let value = 0x811c9dc5 ^ salt;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}

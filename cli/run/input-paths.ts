import nodePath, { type PlatformPath } from 'node:path';

/**
 * The deepest folder that holds all of some absolute folders; empty where they are on different drives of Windows, whose
 * names are the same in upper and lower case.
 */
export function commonFolder(folders: readonly string[], path: PlatformPath = nodePath): string {
  const [first = [], ...others] = folders.map((folder) => folder.split(path.sep));
  const key = (name: string | undefined) => (path.sep === '\\' ? name?.toLowerCase() : name);
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && key(other[same]) === key(first[same])) same++;
    length = same;
  }
  const common = first.slice(0, length).join(path.sep);
  return length === 1 ? common + path.sep : common; // the root of all, or of a drive
}

/** A file as the user knows it, `/` separated: below a folder, or after its drive's letter where no folder holds all files. */
export function pathBelow(folder: string, file: string, path: PlatformPath = nodePath): string {
  const below = folder === '' ? file : path.relative(folder, file);
  const whole = path.isAbsolute(below) ? below.replace(/^([A-Za-z]):/, '$1').replace(/^[\\/]+/, '') : below;
  return whole.split(path.sep).join('/');
}

import { label, type ZipEntry } from '../../archive/zip-directory.ts';
import { entryRefusal } from '../../archive/zip-entry.ts';
import { Failure } from '../../core/errors.ts';
import { whyNoImage } from '../../core/image-names.ts';
import { isImagePath, isNoise, normalisePath, shownPath } from '../../core/paths.ts';

export interface PlannedImage {
  path: string;
  entry: ZipEntry;
}

/** What becomes of each entry of an archive, as far as its directory tells. */
export interface UnpackPlan {
  /** In order of their places in the archive. */
  images: PlannedImage[];
  /** Named in the manifest, with the reason, and not unpacked. */
  refused: { path: string; bytes: number; failure: Failure }[];
  /** Names of files that Finder and Explorer leave beside the user's. */
  skipped: string[];
}

/**
 * Sorts the entries of an archive. Folders are not listed: they come with their files. Two entries of one name (after
 * NFC) are both refused, because readers disagree which one counts; names that differ in case only are two files.
 */
export function planUnpack(entries: readonly ZipEntry[]): UnpackPlan {
  const byPath = new Map<string, { entries: ZipEntry[]; failure: Failure | undefined }>();
  const skipped: string[] = [];
  for (const entry of entries) {
    if (entry.kind === 'directory') continue;
    if (entry.name !== undefined && isNoise(entry.name)) {
      skipped.push(entry.name);
      continue;
    }
    const { path, failure } = judge(entry);
    const same = byPath.get(path);
    if (same === undefined) byPath.set(path, { entries: [entry], failure });
    else same.entries.push(entry);
  }
  const plan: UnpackPlan = { images: [], refused: [], skipped };
  for (const [path, { entries: named, failure }] of byPath) {
    const entry = named[0]!;
    const reason =
      named.length > 1 ? unsafe(`${named.length} entries have this name`) : (failure ?? misplaced(path, byPath));
    if (reason === undefined) plan.images.push({ path, entry });
    else plan.refused.push({ path, bytes: entry.bytes, failure: reason });
  }
  return plan;
}

function judge(entry: ZipEntry): { path: string; failure: Failure | undefined } {
  const { name } = entry;
  if (name === undefined)
    return { path: shownPath(JSON.parse(label(entry))), failure: pathRefused('it is not valid UTF-8') };
  const { path, refused } = normalisePath(name);
  if (path === undefined) return { path: shownPath(name) || '(no name)', failure: pathRefused(refused) };
  if (/\.zip$/i.test(path)) return { path, failure: leftOut('it is a zip inside the zip') };
  if (!isImagePath(path)) return { path, failure: leftOut(whyNoImage(path)) };
  return { path, failure: entryRefusal(entry) };
}

/** No disk holds a file and a folder of one name, and no object may shadow others. */
function misplaced(path: string, files: ReadonlyMap<string, unknown>): Failure | undefined {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (files.has(folder)) return unsafe(`'${folder}' is a file and a folder at once`);
  }
  return undefined;
}

const pathRefused = (reason: string) => new Failure('pathRefused', { why: reason });
const leftOut = (reason: string) => new Failure('imageLeftOut', { why: reason });
const unsafe = (reason: string) => new Failure('archiveUnsafe', { detail: reason });

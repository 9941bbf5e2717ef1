import { label, type ZipEntry } from '../../archive/zip-directory.ts';
import { entryRefusal } from '../../archive/zip-entry.ts';
import { type ClassifiedPath, classifyPath } from '../../core/classify-path.ts';
import { isCompanion } from '../../core/companion-files.ts';
import { Failure } from '../../core/errors.ts';
import { shownPath } from '../../core/paths.ts';
import { strayRegions, whyRegionsFile } from '../../core/regions-file.ts';

export interface PlannedImage {
  path: string;
  entry: ZipEntry;
}

interface NamedEntry {
  path: string;
  bytes: number;
  failure: Failure;
}

/** What becomes of each entry of an archive, as far as its directory tells. */
export interface UnpackPlan {
  /** In order of their offsets in the archive. */
  images: PlannedImage[];
  /** Named in the manifest, with the reason, and not unpacked. */
  refused: NamedEntry[];
  /** No images: named in the manifest, with the reason, without being failures. */
  leftOut: NamedEntry[];
  /** Of those left out: words (OME-XML) and regions of interest of the images beside them, unpacked so that predict can read them. */
  companions: PlannedImage[];
}

/**
 * Sorts the entries of an archive. Folders are not listed: they come with their files. Two entries of one name (after
 * NFC) are both refused, because readers disagree which one counts; names that differ in case only are two files.
 */
export function planUnpack(entries: readonly ZipEntry[]): UnpackPlan {
  const { byPath, leftOut, companions } = grouped(entries);
  nameStrayRegions(leftOut, byPath.keys());
  const plan: UnpackPlan = { images: [], refused: [], leftOut, companions };
  for (const [path, { entries: named, failure }] of byPath) {
    const entry = named[0]!;
    const reason =
      named.length > 1 ? unsafe(`${named.length} entries have this name`) : (failure ?? misplaced(path, byPath));
    if (reason === undefined) plan.images.push({ path, entry });
    else plan.refused.push({ path, bytes: entry.bytes, failure: reason });
  }
  return plan;
}

function nameStrayRegions(leftOut: readonly NamedEntry[], images: Iterable<string>): void {
  const stray = strayRegions([...images, ...leftOut.map(({ path }) => path)]);
  for (const entry of leftOut)
    if (stray.has(entry.path)) entry.failure = new Failure('imageLeftOut', { why: whyRegionsFile(true) });
}

type ByPath = Map<string, { entries: ZipEntry[]; failure: Failure | undefined }>;

/** `byPath`: every entry that is to be an image, and those refused. */
function grouped(entries: readonly ZipEntry[]): Pick<UnpackPlan, 'leftOut' | 'companions'> & { byPath: ByPath } {
  const byPath: ByPath = new Map();
  const leftOut = new Map<string, NamedEntry>();
  const companions: PlannedImage[] = [];
  for (const entry of entries) {
    if (entry.kind === 'directory') continue;
    const { kind, path, failure } = classify(entry);
    if (kind === 'leftOut') {
      if (leftOut.has(path)) continue;
      leftOut.set(path, { path, bytes: entry.bytes, failure });
      if (isCompanion(path, entry.bytes) && entryRefusal(entry) === undefined) companions.push({ path, entry });
      continue;
    }
    const same = byPath.get(path);
    if (same === undefined) byPath.set(path, { entries: [entry], failure });
    else same.entries.push(entry);
  }
  return { byPath, leftOut: [...leftOut.values()], companions };
}

type Classified =
  | { kind: 'image'; path: string; failure: Failure | undefined }
  | Exclude<ClassifiedPath, { kind: 'image' }>;

function classify(entry: ZipEntry): Classified {
  if (entry.name === undefined) {
    const failure = new Failure('pathRefused', { why: 'it is not valid UTF-8' });
    return { kind: 'refused', path: shownPath(JSON.parse(label(entry))), failure };
  }
  const classified = classifyPath(entry.name);
  return classified.kind === 'image' ? { ...classified, failure: entryRefusal(entry) } : classified;
}

/** No disk holds a file and a folder of one name, and no object may shadow others. */
function misplaced(path: string, files: ReadonlyMap<string, unknown>): Failure | undefined {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const folder = path.slice(0, slash);
    if (files.has(folder)) return unsafe(`'${folder}' is a file and a folder at once`);
  }
  return undefined;
}

const unsafe = (reason: string) => new Failure('archiveUnsafe', { detail: reason });

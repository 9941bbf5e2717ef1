import { readdir, readFile, stat } from 'node:fs/promises';
import { join, posix, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { openPromise } from 'yauzl';
import { isContainerUrl } from '../../core/container-url.ts';
import { Failure } from '../../core/errors.ts';
import { normalisePath } from '../../core/paths.ts';
import { urlDescription } from './url-package.ts';

/** The files of one package, wherever they lie. Paths are relative to its description. */
export interface PackageFiles {
  /** The bytes of one file, at most `most`. Throws `modelBroken` where it is missing, larger, damaged or outside the package. */
  read(path: string, most?: number): Promise<Uint8Array<ArrayBuffer>>;
  /** The same of a small file (1 MB); undefined where there is none of that name. */
  readWhereThere(path: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** The description's own name. */
  description: string;
  /** Where they lie as they are; absent for a zip. */
  folder?: string;
}

/** In this order: the name of 0.5, then that of 0.4. */
const descriptionNames = ['bioimageio.yaml', 'rdf.yaml'] as const;

/** Bytes. Larger descriptions are not ours to parse: the largest of the BioImage Model Zoo is under 100 kB. */
export const largestDescription = 512 * 1024;
/** Nothing in a package is read beyond this; a header that claims more is not believed. */
const largestFile = 4 * 1024 ** 3;
/**
 * What a file of a zip may unpack to whatever its compressed size, and times that size beyond: weights hardly compress, and
 * a few kilobytes must not become all of the memory.
 */
const freelyUnpacked = 64 * 1024 ** 2;
const largestRatio = 20;

/** Each is a read of its own; packages of the BioImage Model Zoo have some 20. */
const mostFiles = 5000;

/** Opens a folder, a zip, or what the address of a container stands for. Throws `modelMissing`. */
export async function openPackageFiles(path: string): Promise<PackageFiles> {
  if (isContainerUrl(path)) return containerAt(path);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!found) throw new Failure('modelMissing', { where: path });
  if (found.isDirectory()) return openFolder(path);
  if (path.toLowerCase().endsWith('.zip')) return openZip(path);
  throw new Failure('modelMissing', { where: path });
}

/** A description and nothing else. */
function containerAt(url: string): PackageFiles {
  const text = new TextEncoder().encode(urlDescription(url));
  return {
    description: descriptionNames[0],
    read: async () => Uint8Array.from(text),
    readWhereThere: async () => undefined,
  };
}

/** Of the zip, or of all files in the folder itself; 0 where there is neither. */
export async function packageBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return found?.size ?? 0;
  const files = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ name }) => (await stat(join(path, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function openFolder(folder: string): Promise<PackageFiles> {
  const read = async (path: string, most = largestFile) => {
    const file = join(folder, inside(path));
    if (!(await isFile(file))) throw absent(path);
    checkSize(path, (await stat(file)).size, most);
    return Uint8Array.from(await readFile(file));
  };
  const readWhereThere = async (path: string) => {
    const at = insideOrNot(path);
    return at !== undefined && (await isFile(join(folder, at))) ? read(at, smallFile) : undefined;
  };
  for (const description of descriptionNames)
    if (await isFile(join(folder, description))) return { description, folder: resolve(folder), read, readWhereThere };
  throw new Failure('modelMissing', { where: folder });
}

/** Of a program or a note of its own, not of weights. */
const smallFile = 1024 ** 2;

/** The path inside the package, or undefined for one that leads out of it. */
function insideOrNot(path: string): string | undefined {
  const verdict = normalisePath(posix.normalize(path));
  return verdict.refused === undefined ? verdict.path : undefined;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
      throw error;
    },
  );

function checkSize(path: string, bytes: number, most: number): void {
  if (bytes > most)
    throw new Failure('modelBroken', { detail: `${path} is ${bytes} bytes, more than the ${most} expected` });
}

const absent = (path: string) => new Failure('modelBroken', { detail: `${path} is missing from the package` });

/** The one path rule; `./weights.onnx` is usual and means `weights.onnx`. */
function inside(path: string): string {
  const verdict = normalisePath(posix.normalize(path));
  if (verdict.refused !== undefined) throw new Failure('modelBroken', { detail: `file ${path}: ${verdict.refused}` });
  return verdict.path;
}

/** A zip of the package, or of the folder that holds it. Files are read into memory; nothing is unpacked to disk. */
async function openZip(zip: string): Promise<PackageFiles> {
  const names = await zipNames(zip);
  for (const description of descriptionNames) {
    const at = names
      .filter((name) => name.split('/').length <= 2 && posix.basename(name) === description)
      .sort((a, b) => a.length - b.length)[0];
    if (at === undefined) continue;
    const folder = posix.dirname(at);
    return {
      description,
      read: (path, most = largestFile) => readEntry(zip, posix.join(folder, inside(path)), most),
      async readWhereThere(path) {
        const at = insideOrNot(path);
        const name = at === undefined ? undefined : posix.join(folder, at);
        return name !== undefined && names.includes(name) ? readEntry(zip, name, smallFile) : undefined;
      },
    };
  }
  throw new Failure('modelMissing', { where: zip });
}

const readingZip = async <T>(zip: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new Failure(
      'modelBroken',
      { detail: `${posix.basename(zip)}: ${(error as Error).message}` },
      { cause: error },
    );
  }
};

const zipNames = (zip: string): Promise<string[]> =>
  readingZip(zip, async () => {
    const file = await openPromise(zip, { lazyEntries: true });
    if (file.entryCount > mostFiles)
      throw new Failure('modelBroken', { detail: `it has ${file.entryCount} files; no package has ${mostFiles}` });
    const names: string[] = [];
    for await (const entry of file.eachEntry()) names.push(entry.fileName);
    return names;
  });

const readEntry = (zip: string, path: string, most: number): Promise<Uint8Array<ArrayBuffer>> =>
  readingZip(zip, async () => {
    const file = await openPromise(zip, { lazyEntries: true });
    for await (const entry of file.eachEntry()) {
      if (entry.fileName !== path) continue;
      checkSize(
        path,
        entry.uncompressedSize,
        Math.min(most, Math.max(freelyUnpacked, largestRatio * entry.compressedSize)),
      );
      const bytes = Uint8Array.from(await buffer(await file.openReadStreamPromise(entry)));
      if (crc32(bytes) !== entry.crc32)
        throw new Failure('modelBroken', { detail: `${path}: its checksum in the zip differs` });
      return bytes;
    }
    throw absent(path);
  });

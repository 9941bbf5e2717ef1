import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import { type PickedFile, pickedFile } from './picked-file.ts';

export interface Dropped {
  found: PickedFile[];
  handles: FileSystemHandle[] | undefined;
}

type WithHandles = DataTransferItem & { getAsFileSystemHandle?(): Promise<FileSystemHandle | null> };

/** Are files dragged, or is it text or a link? */
export const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

/** Everything below what was dropped. Call it in the event itself: afterwards the browser forgets the items. */
export async function filesDropped(transfer: DataTransfer): Promise<Dropped> {
  const items = [...transfer.items].filter(({ kind }) => kind === 'file') as WithHandles[];
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const asked = items.map((item) => item.getAsFileSystemHandle?.());
  const found: PickedFile[] = [];
  for (const entry of entries) await walk(entry, found);
  return { found, handles: await handlesOf(asked) };
}

/** All of them, or undefined: with some a folder could be continued only in part. */
async function handlesOf(
  asked: (Promise<FileSystemHandle | null> | undefined)[],
): Promise<FileSystemHandle[] | undefined> {
  const settled = await Promise.allSettled(asked);
  const handles = settled.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
  return handles.every((handle) => handle != null) ? handles : undefined;
}

/** Beside each other; each may have as many inside. */
const foldersAtOnce = 4;

/** Milliseconds after which the page may draw and answer. */
const turnMs = 20;

/** What an `<input type="file">` holds; with a folder each file knows its path below it. The browser looks at the disk for each size. */
export async function filesPicked(files: Iterable<File>): Promise<Dropped> {
  const found: PickedFile[] = [];
  let turn = performance.now();
  for (const file of files) {
    found.push(pickedFile(file.webkitRelativePath || file.name, file));
    if (performance.now() - turn > turnMs) {
      await new Promise((resolve) => setTimeout(resolve));
      turn = performance.now();
    }
  }
  return { found, handles: undefined };
}

async function walk(entry: FileSystemEntry, found: PickedFile[]): Promise<void> {
  if (isFile(entry)) return void found.push(await fileOf(entry));
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  const folders: FileSystemEntry[] = [];
  // a call gives a hundred at most, while the files of the call before are opened
  for (let some = await next(); some.length > 0; ) {
    const [more, files] = await Promise.all([next(), Promise.all(some.filter(isFile).map(fileOf))]);
    found.push(...files);
    folders.push(...some.filter(({ isDirectory }) => isDirectory));
    some = more;
  }
  await forEachLimit(folders, foldersAtOnce, (folder) => walk(folder, found));
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function fileOf(entry: FileSystemFileEntry): Promise<PickedFile> {
  const body = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return pickedFile(entry.fullPath.replace(/^\//, ''), body);
}

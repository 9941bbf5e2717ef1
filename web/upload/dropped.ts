import type { Found } from './collect.ts';

/** Everything below what was dropped. Call it in the event itself: afterwards the browser forgets the items. */
export async function filesDropped(transfer: DataTransfer): Promise<Found[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** Milliseconds after which the page may draw and answer. */
const turnMs = 20;

/** What an `<input type="file">` holds; with a folder each file knows its path below it. The browser looks at the disk for each size. */
export async function filesPicked(files: Iterable<File>): Promise<Found[]> {
  const found: Found[] = [];
  let turn = performance.now();
  for (const file of files) {
    found.push({ path: file.webkitRelativePath || file.name, body: file, bytes: file.size });
    if (performance.now() - turn > turnMs) {
      await new Promise((resolve) => setTimeout(resolve));
      turn = performance.now();
    }
  }
  return found;
}

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (isFile(entry)) return void found.push(await fileOf(entry));
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return; // a call gives a hundred at most
    found.push(...(await Promise.all(some.filter(isFile).map(fileOf))));
    for (const each of some) if (each.isDirectory) await walk(each, found);
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function fileOf(entry: FileSystemFileEntry): Promise<Found> {
  const body = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
  return { path: entry.fullPath.replace(/^\//, ''), body, bytes: body.size };
}

import type { Found } from './collect.ts';

/** Everything below what was dropped. Call it in the event itself: afterwards the browser forgets the items. */
export async function filesDropped(transfer: DataTransfer): Promise<Found[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** What an `<input type="file">` holds; with a folder each file knows its path below it. */
export const filesPicked = (files: Iterable<File>): Found[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, body: file }));

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (entry.isFile) {
    const body = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), body });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return; // a call gives a hundred at most
    for (const each of some) await walk(each, found);
  }
}

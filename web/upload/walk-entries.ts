import { type PickedFile, pickedFile } from './picked-file.ts';

/** What the page needs of a FileSystemEntry: a file has `file`, a folder `createReader`. */
export interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  /** Begins with a slash. */
  fullPath: string;
  file?(give: (file: File) => void, refuse: (error: Error) => void): void;
  createReader?(): { readEntries(give: (some: Entry[]) => void, refuse: (error: Error) => void): void };
}

/** Adds every file of an entry and of the folders below it to `found`, each opened once. */
export async function walkEntries(entry: Entry, found: PickedFile[]): Promise<void> {
  if (entry.isFile) return void found.push(await fileOf(entry));
  const reader = entry.createReader!();
  const next = () => new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  const folders: Entry[] = [];
  // a call gives a hundred at most, while the files of the call before are opened
  for (let some = await next(); some.length > 0; ) {
    const opening = Promise.all(some.filter(({ isFile }) => isFile).map(fileOf));
    const [more, files] = await Promise.all([next(), opening]);
    found.push(...files);
    folders.push(...some.filter(({ isDirectory }) => isDirectory));
    some = more;
  }
  for (const folder of folders) await walkEntries(folder, found);
}

async function fileOf(entry: Entry): Promise<PickedFile> {
  const body = await new Promise<File>((resolve, reject) => entry.file!(resolve, reject));
  return pickedFile(entry.fullPath.replace(/^\//, ''), body);
}

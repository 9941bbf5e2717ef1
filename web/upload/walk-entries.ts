import { type PickedFile, pickedFile } from './picked-file.ts';

/** What the page needs of a FileSystemEntry: a file has `file`, a folder `createReader`. */
export interface Entry {
  isFile: boolean;
  isDirectory: boolean;
  name: string;
  /** Begins with a slash. */
  fullPath: string;
  file?(give: (file: File) => void, refuse: (error: Error) => void): void;
  createReader?(): { readEntries(give: (some: Entry[]) => void, refuse: (error: Error) => void): void };
}

/** And of a FileSystemHandle: a file has `getFile`, a folder `values`. */
export interface Handle {
  kind: 'file' | 'directory';
  name: string;
  getFile?(): Promise<File>;
  values?(): AsyncIterable<Handle>;
}

const openedAtOnce = 1000;

/**
 * Adds every file of an entry and of the folders below it to `found`, each opened once. Entries name all files; handles, where
 * the browser gives them, leave some out (.lnk, desktop.ini, links) but open what they have in half of the time.
 */
export async function walkEntries(entry: Entry, found: PickedFile[], handle?: Handle): Promise<void> {
  if (entry.isFile) return void found.push(await fileOf(entry, handle));
  const handles = await handlesIn(handle);
  const entries = await entriesIn(entry);
  const files = entries.filter(({ isFile }) => isFile);
  for (let from = 0; from < files.length; from += openedAtOnce) {
    const some = files.slice(from, from + openedAtOnce);
    found.push(...(await Promise.all(some.map((file) => fileOf(file, handles.get(file.name))))));
  }
  for (const folder of entries.filter(({ isDirectory }) => isDirectory))
    await walkEntries(folder, found, handles.get(folder.name));
}

/** A call gives a hundred at most. */
async function entriesIn(folder: Entry): Promise<Entry[]> {
  const reader = folder.createReader!();
  const next = () => new Promise<Entry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  const all: Entry[] = [];
  for (let some = await next(); some.length > 0; some = await next()) all.push(...some);
  return all;
}

/** Empty where the browser gives none of this folder: the entries open the files then. */
async function handlesIn(folder: Handle | undefined): Promise<Map<string, Handle>> {
  const handles = new Map<string, Handle>();
  try {
    for await (const each of folder?.values?.() ?? []) handles.set(each.name, each);
  } catch (error) {
    console.warn(error);
  }
  return handles;
}

async function fileOf(entry: Entry, handle: Handle | undefined): Promise<PickedFile> {
  const byEntry = () => new Promise<File>((resolve, reject) => entry.file!(resolve, reject));
  const body = handle?.kind === 'file' ? await handle.getFile!().catch(byEntry) : await byEntry();
  return pickedFile(entry.fullPath.replace(/^\//, ''), body);
}

import { type PickedFile, pickedFile } from './picked-file.ts';
import { walkEntries } from './walk-entries.ts';

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
  const entries = items.map((item) => item.webkitGetAsEntry());
  const asked = items.map((item) => item.getAsFileSystemHandle?.());
  const handles = await handlesOf(asked);
  const found: PickedFile[] = [];
  for (const [i, entry] of entries.entries()) if (entry !== null) await walkEntries(entry, found, handles?.[i]);
  return { found, handles };
}

/** All of them, or undefined: with some a folder could be continued only in part. */
async function handlesOf(
  asked: (Promise<FileSystemHandle | null> | undefined)[],
): Promise<FileSystemHandle[] | undefined> {
  const settled = await Promise.allSettled(asked);
  const handles = settled.map((each) => (each.status === 'fulfilled' ? each.value : undefined));
  return handles.every((handle) => handle != null) ? handles : undefined;
}

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

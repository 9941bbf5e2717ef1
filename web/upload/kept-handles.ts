import { browserStore } from '../browser-store.ts';
import type { KeptHandle } from './collect.ts';
import { type PickedFile, pickedFile } from './picked-file.ts';

/*
 * Handles of the folders and files that are being sent, kept by the browser for this page (IndexedDB): a page that was
 * closed goes on after one click. A browser without them asks for the folder. They hold no bytes.
 */

const within = browserStore('labdeploy-uploads', 'handles');

export const keepHandles = (jobId: string, handles: readonly KeptHandle[]): Promise<unknown> =>
  within('readwrite', (kept) => kept.put(handles, jobId));

export const keptHandles = (jobId: string): Promise<readonly KeptHandle[] | undefined> =>
  within<readonly KeptHandle[] | undefined>('readonly', (kept) => kept.get(jobId));

export const forgetHandles = (jobId: string): Promise<unknown> => within('readwrite', (kept) => kept.delete(jobId));

type Permitted = KeptHandle & { requestPermission(wanted: { mode: 'read' }): Promise<PermissionState> };
type Folder = FileSystemDirectoryHandle & { values(): AsyncIterable<KeptHandle> };

/** The files below kept handles; undefined where the user does not allow it. Call it in a click. */
export async function filesOfHandles(handles: readonly KeptHandle[]): Promise<PickedFile[] | undefined> {
  const found: PickedFile[] = [];
  for (const handle of handles) {
    if ((await (handle as Permitted).requestPermission({ mode: 'read' })) !== 'granted') return undefined;
  }
  for (const handle of handles) await walk(handle, handle.name, found);
  return found;
}

async function walk(handle: KeptHandle, path: string, found: PickedFile[]): Promise<void> {
  if (handle.kind === 'file') {
    found.push(pickedFile(path, await (handle as FileSystemFileHandle).getFile()));
    return;
  }
  for await (const each of (handle as Folder).values()) await walk(each, `${path}/${each.name}`, found);
}

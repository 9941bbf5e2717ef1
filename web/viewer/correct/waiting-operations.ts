import type { EditOperation } from '../../../functions/core/edits.ts';
import type { WaitingOperations } from './session-parts.ts';

/*
 * Corrections that the service does not have yet, kept by the browser (IndexedDB) by job and image: a page that was closed, or
 * lost its network, stores them when the image is opened again.
 */

const database = 'labdeploy-corrections';
const store = 'waiting';

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(store);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

export function waitingOperations(job: string, path: string): WaitingOperations {
  const key = [job, path];
  let base: Promise<IDBDatabase> | undefined;
  const within = async <T>(mode: IDBTransactionMode, work: (kept: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    base ??= opened();
    const open = await base;
    return new Promise<T>((resolve, reject) => {
      const transaction = open.transaction(store, mode);
      const request = work(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(transaction.error);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    read: async () => (await within<EditOperation[] | undefined>('readonly', (kept) => kept.get(key))) ?? [],
    async write(operations) {
      if (operations.length === 0) await within<undefined>('readwrite', (kept) => kept.delete(key));
      else await within<IDBValidKey>('readwrite', (kept) => kept.put([...operations], key));
    },
  };
}

/** Runs one request on a store of this browser and gives its result once the transaction is complete. */
export type BrowserStore = <T>(mode: IDBTransactionMode, work: (kept: IDBObjectStore) => IDBRequest<T>) => Promise<T>;

function opened(database: string, store: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(database, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(store);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** The one store of a database of this origin (IndexedDB), opened for each request: tabs do not hold each other up. */
export const browserStore =
  (database: string, store: string): BrowserStore =>
  async <T>(mode: IDBTransactionMode, work: (kept: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const open = await opened(database, store);
    try {
      return await new Promise<T>((resolve, reject) => {
        const transaction = open.transaction(store, mode);
        const request = work(transaction.objectStore(store));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      open.close();
    }
  };

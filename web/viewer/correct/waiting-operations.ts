import type { EditOperation } from '../../../functions/core/edits.ts';
import { browserStore } from '../../browser-store.ts';
import type { WaitingOperations } from './session-parts.ts';

/*
 * Corrections that the service does not have yet, kept by the browser (IndexedDB) by job and image: a page that was closed, or
 * lost its network, stores them when the image is opened again.
 */

const within = browserStore('labdeploy-corrections', 'waiting');

export function waitingOperations(job: string, path: string): WaitingOperations {
  const key = [job, path];
  return {
    read: async () => (await within<EditOperation[] | undefined>('readonly', (kept) => kept.get(key))) ?? [],
    async write(operations) {
      if (operations.length === 0) await within<undefined>('readwrite', (kept) => kept.delete(key));
      else await within<IDBValidKey>('readwrite', (kept) => kept.put([...operations], key));
    },
  };
}

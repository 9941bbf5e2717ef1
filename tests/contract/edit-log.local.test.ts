import { join } from 'node:path';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { editLogContract } from './edit-log.ts';

editLogContract('this machine', async () => {
  const folder = await temporaryFolder();
  const store = await openLocalObjectStore({ root: join(folder.path, 'store') });
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});

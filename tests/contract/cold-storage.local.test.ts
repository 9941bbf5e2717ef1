import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { coldStorageContract } from './cold-storage.ts';

coldStorageContract('this machine', async () => {
  const folder = await temporaryFolder();
  const archiveTo = join(folder.path, 'archive');
  await mkdir(archiveTo);
  const store = await openLocalObjectStore({ root: join(folder.path, 'store'), archiveTo });
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});

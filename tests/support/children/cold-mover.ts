// Moves an object into the archive and back as fast as it can and says each move, a line each, until it is killed.
import { join } from 'node:path';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';

const [folder] = process.argv.slice(2) as [string];
await using store = await openLocalObjectStore({ root: join(folder, 'store'), archiveTo: join(folder, 'archive') });
const ref = { bucket: 'downloads' as const, key: 'olga/job1/1/results.zip' };
const say = (what: string) => new Promise<void>((resolve) => process.stdout.write(`${what}\n`, () => resolve()));
for (;;) {
  await store.coldStorage!.freeze(ref);
  await say('frozen');
  await store.coldStorage!.thaw(ref);
  await say('thawed');
}

// Archives an object to a disk that cannot be written to, and says what happened, a line each.
import { join } from 'node:path';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { bytesOf } from '../bytes.ts';

const [folder, disk] = process.argv.slice(2) as [string, string];
await using store = await openLocalObjectStore({ root: join(folder, 'store'), archiveTo: disk });
const ref = { bucket: 'downloads' as const, key: 'olga/job1/1/results.zip' };
await store.put(ref, Buffer.from('bytes'));
await store.coldStorage!.freeze(ref).catch((error) => console.log(error.code));
if ((await bytesOf(await store.get(ref))).toString() === 'bytes') console.log('object whole');

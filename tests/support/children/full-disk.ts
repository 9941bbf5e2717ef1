// Fills a small disk, the second argument, through the local object store and says what happened, a line each.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { bytesOf, noise } from '../bytes.ts';

const [, disk] = process.argv.slice(2);
const root = join(disk!, 'store');
await using store = await openLocalObjectStore({ root });
const ref = { bucket: 'inputs' as const, key: 'olga/job1/a.tif' };
await store.put(ref, noise(200_000, 1));
await store.put(ref, noise(5_000_000, 2)).catch((error) => console.log(error.code));
if (noise(200_000, 1).equals(await bytesOf(await store.get(ref)))) console.log('old object whole');
const files = readdirSync(join(root, 'objects'), { recursive: true, withFileTypes: true });
if (files.filter((file) => file.isFile()).length === 1) console.log('nothing else left');
await store.put({ ...ref, key: 'olga/job1/b.tif' }, noise(200_000, 3));
console.log('stored after room was made');

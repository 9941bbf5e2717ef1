// Archives two objects to a small disk, with room for one, and says what happened, a line each.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import { bytesOf, noise } from '../bytes.ts';

const [folder, disk] = process.argv.slice(2) as [string, string];
await using store = await openLocalObjectStore({ root: join(folder, 'store'), archiveTo: disk });
const cold = store.coldStorage!;
const zip = (name: string) => ({ bucket: 'downloads' as const, key: `olga/${name}/1/results.zip` });
const data = noise(600_000);
const failed = (error: { code: string; facts: object }) => console.log(error.code, JSON.stringify(error.facts));
for (const name of ['job1', 'job2']) await store.put(zip(name), data);
await cold.freeze(zip('job1'));
await cold.freeze(zip('job2')).catch(failed);
if (data.equals(await bytesOf(await store.get(zip('job2'))))) console.log('second object whole');
const [archive] = readdirSync(disk);
console.log(`${readdirSync(join(disk, archive!)).length - 1} archived file`); // beside README.txt
await cold.thaw(zip('job1'));
await cold.freeze(zip('job2'));
console.log((await store.head(zip('job2')))!.cold, 'after room was made');

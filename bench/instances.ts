/**
 * Finds the objects of a StarDist or Cellpose network in raw maps; prints processor seconds of the second time, the number
 * of objects and a digest of which pixels are together: the counterpart of reference/instances.py.
 * `node bench/instances.ts stardist|cellpose FOLDER`
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstances } from '../functions/model/instances/instances.ts';
import { instanceSettings } from '../functions/model/package/settings.ts';

const [method, folder] = process.argv.slice(2) as [string, string];
const { side, grid, channels } = JSON.parse(await readFile(join(folder, `${method}.json`), 'utf8'));
const all = new Float32Array(Uint8Array.from(await readFile(join(folder, `${method}.raw`))).buffer);
const samples = (side / grid) ** 2;
const names = Array.from({ length: channels }, (_, i) => String(i));
const data = names.map((_, i) => all.subarray(i * samples, (i + 1) * samples));
const settings = instanceSettings.parse({ method });
const find = () => findInstances({ names, data, height: side, width: side, grid, columns: side / grid }, settings);
find(); // the first time compiles
const start = process.cpuUsage();
const { labels, count } = find(); // numbered in raster order already
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1e6, count, createHash('sha256').update(new Uint8Array(labels.buffer)).digest('hex'));

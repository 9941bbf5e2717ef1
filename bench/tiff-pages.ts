/**
 * Opens a TIFF of many pages, or also reads and hashes all of them; prints processor seconds and a result: the counterpart of
 * reference/tiff-pages.py. `node bench/tiff-pages.ts open|hash FILE`
 */
import { openFileSource } from '../functions/image/file-source.ts';
import { inspectFile } from '../functions/image/inspect.ts';
import { openImage } from '../functions/image/tiff/image.ts';

const [what, path] = process.argv.slice(2) as [string, string];
const start = process.cpuUsage();
await using source = await openFileSource(path);
const result =
  what === 'open' ? (await openImage(source)).info.depths : (await inspectFile(source, { hash: true })).sha256;
const { user, system } = process.cpuUsage(start);
console.log((user + system) / 1e6, result);

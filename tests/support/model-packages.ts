import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { packModel } from '../../cli/client/packed-model.ts';
import { modelFolder } from './models.ts';

const shippedFolder = resolve(import.meta.dirname, '../../models/nuclei');

/** A copy of a fixture's folder, or of the shipped model's (`shipped`), its description changed. */
export async function modelCopy(
  name: string,
  folder: string,
  change: (yaml: string) => string = (yaml) => yaml,
): Promise<string> {
  await cp(name === 'shipped' ? shippedFolder : modelFolder(name), folder, { recursive: true });
  const file = join(folder, 'bioimageio.yaml');
  await writeFile(file, change(await readFile(file, 'utf8')));
  return folder;
}

/** The zip of a package's folder. */
export async function zipOf(folder: string): Promise<Buffer> {
  await using packed = await packModel(folder);
  return readFile(packed.file);
}

/** A .npy file of zeros, float32. Source: numpy.lib.format, version 1. */
export function npyOfZeros(shape: readonly number[]): Buffer {
  const head = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11, ' ');
  const magic = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0]);
  magic.writeUInt16LE(padded.length + 1, 8);
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Buffer.concat([magic, Buffer.from(`${padded}\n`), Buffer.alloc(4 * count)]);
}

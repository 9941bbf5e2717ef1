import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { largestInRequest, largestUnpacked, packLargeFunctions } from '../../../infra/artifacts/large-code.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let out: TemporaryFolder;
beforeEach(async () => {
  out = await temporaryFolder();
});
afterEach(() => out[Symbol.asyncDispose]());

/** A function of so many bytes, most of them weights. */
async function make(name: string, bytes: number): Promise<void> {
  const handler = 'export const handler = () => {};';
  await mkdir(join(out.path, name, 'models/0'), { recursive: true });
  await writeFile(join(out.path, name, 'index.mjs'), handler);
  const weights = join(out.path, name, 'models/0/weights.onnx');
  await writeFile(weights, '');
  await truncate(weights, bytes - handler.length);
}

it('is packed where it is too large for a request, the same way each time', async () => {
  await make('predict', largestInRequest + 1);
  await make('zip', largestInRequest);
  await packLargeFunctions(out.path, ['predict', 'zip']);
  expect((await readdir(out.path)).sort()).toEqual(['predict', 'predict.zip', 'zip']);
  const zip = await readFile(join(out.path, 'predict.zip'));
  expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
  expect(zip.includes('models/0/weights.onnx')).toBe(true);
  await packLargeFunctions(out.path, ['predict', 'zip']);
  expect((await readFile(join(out.path, 'predict.zip'))).equals(zip)).toBe(true);
});

it('is refused, before it is packed, where Lambda could not unpack it', async () => {
  await make('predict', largestUnpacked + 1);
  await expect(packLargeFunctions(out.path, ['predict'])).rejects.toThrow(
    'predict: Unzipped size must be smaller than 262144000 bytes, and it has 262144001',
  );
  expect(await readdir(out.path)).toEqual(['predict']);
});

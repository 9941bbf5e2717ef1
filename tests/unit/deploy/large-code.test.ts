import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { largestUnpacked, packLargeFunctions } from '../../../infra/artifacts/large-code.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { unzipped } from '../../support/unzipped.ts';

let out: TemporaryFolder;
beforeEach(async () => {
  out = await temporaryFolder();
});
afterEach(() => out[Symbol.asyncDispose]());

const handler = 'export const handler = () => {};';
/** Of what a request takes here. */
const inRequest = 2_000_000;

/** A function of so many bytes, most of them weights: as `noise` these do not deflate, else to nothing. */
async function make(name: string, bytes: number, kind?: 'noise'): Promise<void> {
  await mkdir(join(out.path, name, 'models/0'), { recursive: true });
  await writeFile(join(out.path, name, 'index.mjs'), handler);
  const weights = join(out.path, name, 'models/0/weights.onnx');
  await writeFile(weights, kind === 'noise' ? randomBytes(bytes - handler.length) : '');
  await truncate(weights, bytes - handler.length);
}

it('is packed where its zip is too large for a request, whole and the same way each time', async () => {
  await make('predict', inRequest + 1, 'noise');
  await make('zip', inRequest, 'noise');
  await make('pictures', 2 * inRequest);
  const pack = () => packLargeFunctions(out.path, ['predict', 'zip', 'pictures'], inRequest);
  await pack();
  expect((await readdir(out.path)).sort()).toEqual(['pictures', 'predict', 'predict.zip', 'zip']);
  const zip = await readFile(join(out.path, 'predict.zip'));
  const files = await unzipped(zip);
  expect([...files.keys()]).toEqual(['index.mjs', 'models/0/weights.onnx']);
  expect(files.get('index.mjs')!.toString()).toBe(handler);
  const weights = await readFile(join(out.path, 'predict/models/0/weights.onnx'));
  expect(files.get('models/0/weights.onnx')!.equals(weights)).toBe(true);
  await pack();
  expect((await readFile(join(out.path, 'predict.zip'))).equals(zip)).toBe(true);
});

it('is refused, before it is packed, where Lambda could not unpack it', async () => {
  await make('predict', largestUnpacked + 1);
  await expect(packLargeFunctions(out.path, ['predict'])).rejects.toThrow(
    'predict: Unzipped size must be smaller than 262144000 bytes, and it has 262144001',
  );
  expect(await readdir(out.path)).toEqual(['predict']);
});

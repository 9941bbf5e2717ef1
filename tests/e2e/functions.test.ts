import { readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundleFunctions } from '../../build/bundle.ts';
import { allRecipes } from '../../functions/recipes/all-recipes.ts';
import { architectures } from '../../infra/artifacts/native.ts';
import { functionNames } from '../../infra/functions.ts';
import { assembleFunctionsIn } from '../support/assembled-functions.ts';
import { startFunction } from '../support/function-process.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

let folder: TemporaryFolder;
let functions: string;
beforeAll(async () => {
  folder = await temporaryFolder();
  functions = await assembleFunctionsIn(join(folder.path, 'functions'));
}, 120_000);
afterAll(() => folder[Symbol.asyncDispose]());

const files = (name: string, root = functions): string[] =>
  readdirSync(join(root, name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Bytes of the folder in a zip, but for its directory. */
const zipped = (name: string, root?: string): number =>
  files(name, root).reduce((sum, file) => sum + deflateRawSync(readFileSync(file)).length, 0);

describe('the built functions', () => {
  it('are one folder each, with its entry', () => {
    expect(readdirSync(functions).sort()).toEqual([...functionNames].sort());
    for (const name of functionNames) expect(files(name)).toContain(join(functions, name, 'index.mjs'));
  });

  it.each(['api', 'broker', 'unzip', 'zip'])('%s is under 1.5 MB', (name) => {
    const bytes = statSync(join(functions, name, 'index.mjs')).size;
    expect(bytes).toBeGreaterThan(100_000); // all of it was counted
    expect(bytes).toBeLessThan(1_500_000);
  });

  it.each(architectures)(
    'predict for %s is under 50 MB zipped, and has one platform',
    async (architecture) => {
      const out = join(folder.path, architecture);
      await assembleFunctionsIn(out, { architecture });
      expect(
        files('predict', out)
          .map((file) => file.slice(join(out, 'predict/').length))
          .sort(),
      ).toEqual([
        'decode-worker.mjs',
        'index.mjs',
        'libjpegturbowasm_decode.wasm',
        'libonnxruntime.so.1',
        'models/0/bioimageio.yaml',
        'models/0/weights.onnx',
        'onnxruntime_binding.node',
        'openjpegwasm_decode.wasm',
        'worker.mjs',
      ]);
      expect(zipped('predict', out)).toBeLessThan(50_000_000);
      // ELF: what machine it is for stands at byte 18 (62: x86-64, 183: AArch64)
      const library = await readFile(join(out, 'predict/libonnxruntime.so.1'));
      expect(library.readUInt16LE(18)).toBe(architecture === 'x64' ? 62 : 183);
    },
    60_000,
  );

  it('have a detector of faces in that of pictures, under 50 MB zipped, and only where there are pictures of people', async () => {
    const pictures = { recipes: allRecipes([]), containers: {}, usualRecipe: 'deface' };
    const own = ['decode-worker.mjs', 'index.mjs'];
    const wasm = ['libjpegturbowasm.wasm', 'libjpegturbowasm_decode.wasm'];
    const names = (root: string) => files('pictures', root).map((file) => file.slice(join(root, 'pictures/').length));
    expect(names(functions).sort()).toEqual([...own, ...wasm, 'openjpegwasm_decode.wasm']);
    expect(files('api').map((file) => basename(file))).not.toContain('pictures.json');
    const out = join(folder.path, 'with-people');
    await assembleFunctionsIn(out, { pictures });
    expect(names(out).sort()).toEqual([
      ...['decode-worker.mjs', 'faces.onnx', 'index.mjs', ...wasm, 'libonnxruntime.so.1'],
      ...['onnxruntime_binding.node', 'openjpegwasm_decode.wasm', 'pictures.json'],
    ]);
    expect(zipped('pictures', out)).toBeLessThan(50_000_000);
    for (const name of ['api', 'pictures'])
      expect(JSON.parse(readFileSync(join(out, name, 'pictures.json'), 'utf8'))).toEqual(pictures);
  }, 60_000);

  it('need nothing but Node', () => {
    for (const name of functionNames) {
      for (const file of files(name).filter((each) => each.endsWith('.mjs'))) {
        const imported = [...readFileSync(file, 'utf8').matchAll(/\b(?:from|import)"([@\w][@\w:/.-]*)"/g)];
        const foreign = imported.map(([, module]) => module!.replace(/^node:/, '')).filter((each) => !isBuiltin(each));
        expect([file, foreign]).toEqual([file, []]);
      }
    }
  });

  it('are the same bytes when they are built again', async () => {
    await using again = await temporaryFolder();
    await bundleFunctions(again.path, '0.0.1', ['predict', 'api']);
    await bundleFunctions(join(again.path, 'twice'), '0.0.1', ['predict', 'api']);
    const { predict, api } = {
      predict: await treeOf(join(again.path, 'predict')),
      api: await treeOf(join(again.path, 'api')),
    };
    expect(await treeOf(join(again.path, 'twice/predict'))).toEqual(predict);
    expect(await treeOf(join(again.path, 'twice/api'))).toEqual(api);
  }, 60_000);

  it('say at once, and all together, which variables are missing', async () => {
    await using fn = await startFunction(join(functions, 'zip'), { AWS_REGION: 'eu-central-1' });
    await expect(fn.invoke({ Records: [] })).rejects.toThrow(
      'not set: LABDEPLOY_BUCKET_RESULTS, LABDEPLOY_BUCKET_DOWNLOADS, LABDEPLOY_TABLE, LABDEPLOY_RETENTION_DAYS, LABDEPLOY_QUEUE_ZIPS, LABDEPLOY_QUEUE_NOTICES',
    );
  });

  it('let in whom the domains allow', async () => {
    const LABDEPLOY_SIGN_UP = JSON.stringify({ signUp: 'domains', domains: ['lab.example'], institutions: {} });
    await using fn = await startFunction(join(functions, 'pre-sign-up'), {
      LABDEPLOY_SIGN_UP,
      AWS_REGION: 'eu-central-1',
    });
    const event = (email: string) => ({ triggerSource: 'PreSignUp_SignUp', request: { userAttributes: { email } } });
    expect(await fn.invoke(event('olga@lab.example'))).toEqual(event('olga@lab.example'));
    await expect(fn.invoke(event('olga@else.example'))).rejects.toThrow('lab.example');
    const federated = {
      triggerSource: 'PreSignUp_ExternalProvider',
      userName: 'Uni_7a1',
      userPoolId: 'eu-central-1_1',
    };
    const ask = fn.invoke({ ...federated, request: event('olga@lab.example').request });
    await expect(ask).rejects.toThrow('the lab takes nobody of this institution');
  });
});

const isBuiltin = (module: string) => builtinModules.includes(module);

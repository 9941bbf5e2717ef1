import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { writeMultiplyPackage } from '../support/onnx-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildahIn, copyNode, itWithBuildah } from '../support/with-buildah.ts';

/** Gives back what it gets. */
const echo = `
const { createServer } = require('node:http');
createServer((req, res) => {
  if (req.url === '/ping') return res.end();
  req.pipe(res);
}).listen(Number(process.env.PORT), '127.0.0.1');
`;
const dockerfile = 'FROM scratch\nCOPY root/ /\nCOPY serve.cjs /serve.cjs\nCMD ["/bin/node", "/serve.cjs"]\n';

itWithBuildah(
  'model build makes an image once for the same files, and the image, the program and ONNX weights give the same bytes',
  async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    const env = await buildahIn(folder.path);
    const packaged = async (name: string, container: string) => {
      await writeMultiplyPackage(at(name), undefined, {
        settings: `{container: ${container}, instances: {threshold: 0.2}}`,
      });
      await writeFile(at(name, 'serve.cjs'), echo);
      return at(name);
    };
    const image = await packaged('image', '{build: Dockerfile}');
    await mkdir(at('image/root'));
    await copyNode(at('image/root'));
    const build = () => cli(['model', 'build', image], { env });

    await makeSamples(at('samples'));
    const input = at('samples/images/sparse.tif');
    const early = await cli(['run', input, '--model', image, '-o', at('early')], { env });
    expect([early.code, early.stderr]).toEqual([3, expect.stringContaining('[modelNotBuilt]')]);

    await writeFile(at('image/Dockerfile'), 'FROM scratch\nCOPY nothing /\n');
    const failed = await build();
    expect(failed.code).toBe(3);
    expect(failed.stderr).toMatch(/\[buildFailed\][\s\S]*buildah ended with code [\s\S]*nothing/);

    await writeFile(at('image/Dockerfile'), dockerfile);
    const first = await build();
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('step 1 of 4, FROM scratch')]);
    const id = /image (sha256:[0-9a-f]{64})\n$/.exec(first.stdout)?.[1];
    expect(JSON.parse(await readFile(at('image/built-image.json'), 'utf8'))).toMatchObject({
      image: id,
      engine: 'buildah',
    });
    expect((await build()).stdout).toBe(`Multiply: built of the same files before, image ${id}\n`);

    const command = await packaged('command', JSON.stringify({ command: [process.execPath, 'serve.cjs'] }));
    const onnx = await writeMultiplyPackage(at('onnx'), { factor: 1 }, { settings: '{instances: {threshold: 0.2}}' });
    const results = [];
    for (const [name, model] of Object.entries({ image, command, onnx })) {
      const run = await cli(['run', input, '--prob', '--model', model, '-o', at(`out-${name}`)], { env });
      expect([run.code, run.stderr]).toEqual([0, expect.anything()]);
      results.push(await readFile(at(`out-${name}/sparse_prob.tif`)));
    }
    expect(results[0]!.equals(results[2]!)).toBe(true);
    expect(results[1]!.equals(results[2]!)).toBe(true);
    const left = execFileSync('buildah', ['containers', '--quiet'], {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    expect(left).toBe('');
  },
  300_000,
);

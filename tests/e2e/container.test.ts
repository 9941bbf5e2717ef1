import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { freePort } from '../support/free-port.ts';
import { writeMultiplyPackage } from '../support/onnx-model.ts';
import { itWithPython } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

await itWithPython(
  'the example of docs/containers.md finds the objects of an image with scikit-image, by labdeploy run',
  async (python) => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    await makeSamples(at('samples'));
    const docs = await readFile(join(import.meta.dirname, '../../docs/containers.md'), 'utf8');
    const [, program] = /```python\n(.*?)```/s.exec(docs)!;
    const port = await freePort();
    await writeFile(at('model.py'), program!.replace('("0.0.0.0", 8080)', `("127.0.0.1", ${port})`));
    const container = spawn(python, [at('model.py')], { stdio: 'ignore' });
    try {
      await writeMultiplyPackage(at('model'), undefined, {
        settings: `{container: {url: "http://127.0.0.1:${port}"}, instances: {method: labels, minArea: 20}}`,
      });
      const run = await cli(['run', at('samples/images/sparse.tif'), '--model', at('model'), '-o', at('out')]);
      expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
      const [head = '', row = ''] = (await readFile(at('out/summary.csv'), 'utf8')).split('\r\n');
      const fields = Object.fromEntries(head.split(',').map((name, i) => [name, row.split(',')[i]]));
      expect(fields).toMatchObject({ path: 'sparse.tif', model: 'Multiply' });
      expect(Number(fields.objects)).toBeGreaterThan(15);
      expect(Number(fields.objects)).toBeLessThan(35);
    } finally {
      container.kill('SIGKILL');
    }
  },
  120_000,
);

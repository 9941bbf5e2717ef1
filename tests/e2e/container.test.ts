import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { itWithPython } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

await itWithPython(
  'model new --from scikit-image writes a package that passes its test, segments an image, and refuses one in its own words',
  async (python) => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    const env = { PATH: `${dirname(python)}:${process.env.PATH}` };
    await makeSamples(at('samples'));
    const made = await cli(['model', 'new', 'mine', '--from', 'scikit-image'], { cwd: folder.path });
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('labdeploy model check mine') });
    const check = await cli(['model', 'check', at('mine')], { env });
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('labels: largest difference 0.00e+0')]);

    const segment = (output: string) =>
      cli(['run', at('samples/images/sparse.tif'), '--model', at('mine'), '-o', at(output)], { env });
    const run = await segment('out');
    expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
    const [head = '', row = ''] = (await readFile(at('out/summary.csv'), 'utf8')).split('\r\n');
    const fields = Object.fromEntries(head.split(',').map((name, i) => [name, row.split(',')[i]]));
    expect(fields).toMatchObject({ path: 'sparse.tif', model: 'My model' });
    expect(Number(fields.objects)).toBeGreaterThan(15);
    expect(Number(fields.objects)).toBeLessThan(35);

    const size = 'raise Refused(f\'{facts["pixelSize"]["x"]} um is too coarse\')';
    await appendFile(at('mine/model.py'), `\n\ndef predict(planes, facts):\n    ${size}\n`);
    const refused = await segment('refused');
    expect([refused.code, refused.stderr]).toEqual([
      expect.any(Number),
      expect.stringMatching(/the container refuses it \(422\): [\d.]+ um is too coarse/),
    ]);
    expect(refused.code).not.toBe(0);
  },
  180_000,
);

await itWithPython(
  'model new --from dockerfile writes a package that starts a program for each plane, and shows its last lines where it fails',
  async (python) => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    const env = { PATH: `${dirname(python)}:${process.env.PATH}` };
    expect(await cli(['model', 'new', 'mine', '--from', 'dockerfile'], { cwd: folder.path })).toMatchObject({
      code: 0,
    });
    const description = await readFile(at('mine/bioimageio.yaml'), 'utf8');
    await writeFile(
      at('mine/bioimageio.yaml'),
      description.replace(/build: Dockerfile.*/, 'command: [python3, serve.py]'), // without an image
    );
    const check = () => cli(['model', 'check', at('mine')], { env });
    const good = await check();
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('labels: largest difference 0.00e+0')]);
    await writeFile(at('mine/program.py'), 'print("reading")\nraise SystemExit("no licence for this machine")\n');
    const bad = await check();
    expect([bad.code, bad.stderr]).toEqual([
      3,
      expect.stringMatching(/the container refuses it \(422\): reading\s+no licence for this machine/),
    ]);
  },
  180_000,
);

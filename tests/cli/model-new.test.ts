import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { modelSources, templatesOf } from '../../cli/actions/model-sources.ts';
import { openModel } from '../../functions/model/package/package.ts';
import { startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const exported = modelSources.filter((source) => !templatesOf(source).includes('container'));

it.each(exported)('model new writes the template of %s, and nothing over it', async (from) => {
  await using folder = await temporaryFolder();
  const args = ['model', 'new', 'mine', '--from', from];
  const first = await startCli(args, { cwd: folder.path }).finished;
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout).toBe(
    'wrote mine: README.md, bioimageio.template.yaml, export.py, requirements.txt\n' +
      'next: read mine/README.md, then python export.py MODEL --image TIFF\n',
  );
  expect((await readdir(join(folder.path, 'mine'))).sort()).toEqual([
    'README.md',
    'bioimageio.template.yaml',
    'export.py',
    'requirements.txt',
  ]);
  const template = await readFile(join(folder.path, 'mine', 'bioimageio.template.yaml'), 'utf8');
  expect(template).toContain(`method: ${from}\n`);
  const again = await startCli(args, { cwd: folder.path }).finished;
  expect(again).toMatchObject({ code: 3, stdout: '' });
  expect(again.stderr).toMatch(/^error: mine is there already \[templateTaken\]/);
});

it.each(modelSources.filter((source) => !exported.includes(source)))(
  'model new gives %s the server of containers and a description that names it',
  async (from) => {
    await using folder = await temporaryFolder();
    const { code } = await startCli(['model', 'new', 'mine', '--from', from], { cwd: folder.path }).finished;
    expect(code).toBe(0);
    const files = await readdir(join(folder.path, 'mine'));
    for (const name of ['Dockerfile', 'model.py', 'requirements.txt', 'serve.py', 'write_test.py'])
      expect(files).toContain(name);
    const { description } = await openModel(join(folder.path, 'mine'));
    const { command, build } = description.settings.container!;
    expect(command ?? build).toEqual(from === 'dockerfile' ? 'Dockerfile' : ['python3', 'serve.py']);
    expect(description.settings.instances.method).toBe('labels');
  },
);

it('model new names the networks it knows', async () => {
  const { code, stderr } = await startCli(['model', 'new', 'mine', '--from', 'unet']).finished;
  expect(code).toBe(2);
  expect(stderr).toContain(
    'Allowed choices are stardist, cellpose, scikit-image, dockerfile, stardist-container, cellpose-sam',
  );
});

it('every placeholder of a template is filled in by its script', async () => {
  for (const from of exported) {
    const folder = join(import.meta.dirname, '../../templates', from);
    const template = await readFile(join(folder, 'bioimageio.template.yaml'), 'utf8');
    const script = await readFile(join(folder, 'export.py'), 'utf8');
    const [, filled = ''] = /\.substitute\(\n(.*?)\n {4}\)\n/s.exec(script) ?? [];
    const names = (pattern: RegExp, text: string) =>
      [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
    expect(names(/\$\{(\w+)\}/g, template)).toEqual(names(/^ {8}(\w+)=/gm, filled));
  }
});

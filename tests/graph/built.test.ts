import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.ts';

const source = resolve(import.meta.dirname, '../../infra/build-artifacts.ts');
const script = `
import { buildArtifacts } from ${JSON.stringify(source)};
try { await buildArtifacts({ model: 'none-of-this-name', architecture: 'x64' }); } catch (error) { console.log(error.message); }`;

it('says what is missing, and leaves no folder behind, not even that of a process that was killed', async () => {
  await using folder = await temporaryFolder();
  const { pid } = spawnSync(process.execPath, ['-e', '0']); // it has ended
  const [left, living] = [pid, process.pid].map((each) => join(folder.path, `labdeploy-functions-${each}-x`));
  for (const path of [left!, living!]) mkdirSync(path);
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: folder.path, NODE_OPTIONS: '' },
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^labdeploy:model: no package none-of-this-name, |is not there: npm run build\n$/);
  expect(existsSync(left!)).toBe(false);
  expect(existsSync(living!)).toBe(true);
});

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stepOf } from '../../../functions/model/container/build-image.ts';
import { imageProgram } from '../../../functions/model/container/container-engine.ts';
import { sourceDigest } from '../../../functions/model/container/source-digest.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('images of models', () => {
  it('run by docker with a port of this machine alone, and are removed by their name', async () => {
    const options = { port: 40123, name: 'labdeploy-1', memoryGb: 1.5, gpu: true };
    expect(await imageProgram('docker', 'lab/model@sha256:00', options)).toEqual({
      command: [
        ...[
          'docker',
          'run',
          '--rm',
          '--name',
          'labdeploy-1',
          '--publish',
          '127.0.0.1:40123:8080',
          '--env',
          'PORT=8080',
        ],
        ...['--security-opt', 'no-new-privileges', '--memory', '1536m', '--gpus', 'all', 'lab/model@sha256:00'],
      ],
      cleanUp: ['docker', 'rm', '--force', 'labdeploy-1'],
    });
  });

  it('run by podman without limits where the package states none', async () => {
    const { command } = await imageProgram('podman', 'lab/model', { port: 40123, name: 'labdeploy-1' });
    expect(command.slice(-3)).toEqual(['--security-opt', 'no-new-privileges', 'lab/model']);
  });

  it.each([
    ['STEP 2/4: COPY root/ /', { step: 2, of: 4, what: 'COPY root/ /' }],
    ['#6 [2/4] RUN pip install', { step: 2, of: 4, what: 'RUN pip install' }],
    ['#6 [build 2/4] RUN pip install', { step: 2, of: 4, what: 'RUN pip install' }],
    ['#6 sha256:0123 1MB / 2MB', undefined],
    ['[2/4] of something else', undefined],
  ])('a line of a build, %s, is read', (line, step) => {
    expect(stepOf(line)).toEqual(step);
  });

  it('are made of files whose digest knows names, bytes and the right to run, and nothing that a run leaves', async () => {
    await using folder = await temporaryFolder();
    const at = (...names: string[]) => join(folder.path, ...names);
    await mkdir(at('part'));
    await writeFile(at('part/a'), 'one');
    const first = await sourceDigest(folder.path);
    await mkdir(at('__pycache__'));
    await writeFile(at('__pycache__/a.pyc'), 'x');
    await writeFile(at('built-image.json'), '{}');
    expect(await sourceDigest(folder.path)).toBe(first);
    await writeFile(at('part/a'), 'two');
    const changed = await sourceDigest(folder.path);
    await rm(at('part/a'));
    await writeFile(at('part/a'), 'one', { mode: 0o755 });
    const runs = await sourceDigest(folder.path);
    await rm(at('part/a'));
    await writeFile(at('part/b'), 'one');
    const renamed = await sourceDigest(folder.path);
    expect(new Set([first, changed, runs, renamed]).size).toBe(4);
  });
});

import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { VersionView } from '../../functions/contract/models.ts';
import { makeSamples } from '../../samples/make.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { serviceToken } from '../support/service-token.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const shipped = join(import.meta.dirname, '../../models/nuclei');

describe('models of one’s own, on a service of this machine', () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let token: string;
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeAll(async () => {
    folder = await temporaryFolder();
    await makeSamples(at('samples'));
    service = await startService(['--data', at('data')]);
    token = await serviceToken(service.origin, service.url);
  }, 60_000);
  afterAll(async () => {
    await service.stop();
    await folder[Symbol.asyncDispose]();
  });

  const run = (...args: string[]) =>
    cli([...args, '--url', service.origin, '--json', '--yes'], { env: { LABDEPLOY_TOKEN: token } });
  const model = async (...args: string[]) => {
    const { code, stdout, stderr } = await run('model', ...args);
    const lines = jsonLines(stdout);
    const version = lines.find(({ event }) => event === 'model.version')?.version as VersionView | undefined;
    return { code, version, output: stdout + stderr };
  };
  /** The shipped model with another threshold: the same weights, other objects. */
  const variant = async (name: string, threshold: number) => {
    await cp(shipped, at(name), { recursive: true });
    const file = at(name, 'bioimageio.yaml');
    const yaml = await readFile(file, 'utf8');
    await writeFile(file, yaml.replace('threshold: 0.5', `threshold: ${threshold}`));
    return at(name);
  };

  it('checks a package, offers it, and uses it for new jobs', async () => {
    const { code, version, output } = await model(
      'add',
      await variant('strict', 0.95),
      '--offer',
      '--score',
      'f1@0.5=0.8',
    );
    expect([code, output]).toEqual([0, expect.any(String)]);
    expect(version).toMatchObject({
      state: 'ready',
      offered: true,
      revision: 1,
      name: 'nuclei',
      scores: { 'f1@0.5': 0.8 },
    });
  }, 120_000);
});

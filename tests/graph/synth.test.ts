import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { plannedResources } from '../../cli/deploy/planned-resources.ts';
import { events } from '../../cli/io/events.ts';
import { readConfig } from '../../infra/config.ts';
import { functionNames } from '../../infra/functions.ts';
import { graphOf, target } from '../support/graph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function planned(settings: Record<string, string> = {}) {
  await using folder = await temporaryFolder();
  const [code, page] = [join(folder.path, 'code'), join(folder.path, 'page')];
  for (const name of functionNames) {
    await mkdir(join(code, name), { recursive: true });
    await writeFile(join(code, name, 'index.mjs'), 'export const handler = () => {};');
  }
  await mkdir(page);
  for (const name of ['index.html', 'icon.svg']) await writeFile(join(page, name), '<svg/>');
  await mkdir(join(page, 'assets'));
  await writeFile(join(page, 'assets', 'main-1234.js'), '0;');
  return plannedResources({ config: readConfig(settings), stack: 'dev', target, code, page, version: '1.2.3' });
}

describe('the whole plan, without an account', () => {
  it('is every resource that a deployment has, in order', async () => {
    const { resources } = await graphOf();
    const declared = resources.filter(({ type }) => type.startsWith('aws:')).map(({ type, name }) => `${type} ${name}`);
    expect((await planned()).map(({ type, name }) => `${type} ${name}`)).toEqual(declared);
  });

  it('has the settings of each, and words for what only AWS can say', async () => {
    const plan = await planned({ memory: '2048' });
    const inputsOf = (name: string) => plan.find((each) => each.name === name)!.inputs;
    expect(inputsOf('labdeploy-predict-function')).toMatchObject({
      name: 'labdeploy-dev-predict',
      memorySize: 2048,
      code: { file: expect.stringMatching(/code.predict$/) },
    });
    const source = inputsOf('labdeploy-predict-source');
    expect(source).toMatchObject({ functionName: 'labdeploy-dev-predict' });
    const [cors] = inputsOf('labdeploy-inputs-pages').corsRules as { allowedOrigins: string[] }[];
    expect(cors!.allowedOrigins).toEqual([expect.stringMatching(/^https:\/\/\[labdeploy-page.*\.domainName\]$/)]);
  });

  it('is one JSON text on the terminal too', async () => {
    const resources = await planned();
    const plan = { stack: 'dev', account: target.account, region: target.region, resources };
    expect(JSON.parse(events['synth.done'].text(plan))).toEqual(plan);
  });
});

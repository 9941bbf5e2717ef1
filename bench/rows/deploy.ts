import { spawn } from 'node:child_process';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { owner, region } from '../../tests/support/simulated-account/clients.ts';
import type { DeployRequest } from '../../tests/support/simulated-account/deploy.ts';
import { deployerWorld } from '../../tests/support/simulated-account/deployer.ts';
import { findEngine } from '../../tests/support/simulated-account/engine.ts';
import type { Benchmark } from '../benchmark.ts';
import { seconds } from '../pairs.ts';

const root = resolve(import.meta.dirname, '../..');
const child = join(root, 'tests/support/children/deploy.ts');

/** Both on one state in a folder, with the engine and the simulated account of the tests. */
export const deploy: Benchmark = {
  rows: [
    {
      name: 'up',
      what: '`labdeploy up` with nothing to change, against `up` of the same program by the Automation API',
      target: { atLeast: 0.8 },
    },
  ],
  needs: ['python'],
  async measure({ quick, folder, pairs = 3 }) {
    if (quick) return { up: { missing: 'three minutes to deploy: a run without --quick' } };
    const engine = await findEngine().catch((error: Error) => error);
    if (engine instanceof Error) return { up: { missing: engine.message } };
    await using world = await deployerWorld(engine);
    const env = {
      ...world.env(owner),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: 'bench',
      AWS_ENDPOINT_URL: world.moto.url, // IAM is not what is measured
    };
    const run = (args: readonly string[], input = '') =>
      seconds(
        () =>
          new Promise<void>((done, fail) => {
            const process_ = spawn(process.execPath, args, {
              cwd: world.folder,
              env,
              stdio: ['pipe', 'ignore', 'pipe'],
            });
            let said = '';
            process_.stderr.on('data', (text) => {
              said += text;
            });
            process_.on('close', (code) => (code === 0 ? done() : fail(new Error(`${args.join(' ')}: ${said}`))));
            process_.stdin.end(input);
          }),
      );
    const up = [join(root, 'cli/main.ts'), 'up', '--yes', '--no-wait', ...world.settings];
    await run(up); // deploys
    const config = Object.fromEntries(
      world.settings
        .filter((each) => each !== '--config')
        .map((setting) => {
          const [, key = '', value = ''] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
          return [key.includes(':') ? key : `labdeploy:${key}`, value];
        }),
    );
    const request: DeployRequest = {
      ...{ operation: 'up', project: 'labdeploy', stack: 'dev' },
      program: pathToFileURL(join(root, 'infra/program.ts')).href,
      config: { 'aws:region': region, ...config },
      engine: dirname(dirname(engine.pulumi.command)),
    };
    const measured = { ours: [] as number[], reference: [] as number[] };
    for (let i = 0; i < pairs; i++) {
      measured.ours.push(await run(up));
      measured.reference.push(await run([child], JSON.stringify(request)));
    }
    const commands = [
      'labdeploy up --yes --no-wait',
      'tests/support/children/deploy.ts: stack.up() of infra/program.ts',
    ];
    return { up: { ...measured, unit: 's', commands } };
  },
};

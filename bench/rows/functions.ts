import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { bundleFunctions } from '../../build/bundle.ts';
import { buckets } from '../../functions/core/object-keys.ts';
import { defaultPlans } from '../../functions/core/plans.ts';
import { allRecipes } from '../../functions/recipes/all-recipes.ts';
import {
  apiVariable,
  bucketVariable,
  queueVariable,
  retentionVariable,
  tableVariable,
} from '../../functions/stack/resource-variables.ts';
import { queueNames } from '../../functions/stages/stages.ts';
import { assembleFunctions } from '../../infra/artifacts/assemble.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../pairs.ts';
import { runWatched } from '../process-tree.ts';
import { root } from '../tools.ts';

/** What infra tells functions; nothing of it is asked for anything. */
const variables: Record<string, string> = {
  ...Object.fromEntries(buckets.map((bucket) => [bucketVariable(bucket), `bench-${bucket}`])),
  ...Object.fromEntries(queueNames.map((queue) => [queueVariable(queue), `http://127.0.0.1:9/${queue}`])),
  [tableVariable]: 'bench',
  [retentionVariable]: '30',
  [apiVariable]: JSON.stringify({
    ...{ version: '0.0.0', signUp: 'invite', issuer: 'https://issuer.example', clientId: 'page', cliClientId: 'cli' },
    ...{
      scopes: [],
      origins: ['https://lab.example'],
      plans: defaultPlans,
      publicLinks: false,
      retentionDays: 30,
      inputDays: 10,
    },
  }),
  AWS_REGION: 'eu-central-1',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '3538',
};

/** The built functions in fresh processes, and their sizes. */
export const functions: Benchmark = {
  rows: [
    { name: 'predict-start', what: 'predict: handler import and model load', target: { under: 800, unit: 'ms' } },
    { name: 'api-start', what: 'api: handler import', target: { under: 250, unit: 'ms' } },
    ...(['api', 'unzip', 'zip'] as const).map((name) => ({
      name: `${name}-size`,
      what: `${name}: bundle of its function`,
      target: { under: 1.5, unit: 'MB' as const },
    })),
    { name: 'predict-size', what: 'predict: its function, zipped (x64)', target: { under: 50, unit: 'MB' } },
    { name: 'pictures-size', what: 'pictures: its function, zipped (x64)', target: { under: 50, unit: 'MB' } },
  ],
  needs: [],
  async measure({ folder, quick }) {
    const [bundles, out] = [join(folder, 'bundles'), join(folder, 'functions')];
    await bundleFunctions(bundles, '0.0.0');
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
    const pictures = { recipes: allRecipes([]), containers: {}, usualRecipe: 'deface' };
    const assembly = { bundles, models: [join(root, 'models/nuclei')], pictures };
    await assembleFunctions({ ...assembly, out, architecture });
    if (architecture !== 'x64') await assembleFunctions({ ...assembly, out: join(folder, 'x64'), architecture: 'x64' });

    const starts = async (name: string) => {
      const script = `
        const start = performance.now();
        const { ready } = await import(${JSON.stringify(join(out, name, 'index.mjs'))});
        const imported = performance.now();
        await ready;
        console.log(JSON.stringify({ imported: imported - start, all: performance.now() - start }));
        process.exit();`;
      const file = join(folder, `${name}.mjs`);
      await writeFile(file, script);
      const runs: { imported: number; all: number }[] = [];
      for (let i = 0; i < (quick ? 2 : 11); i++) {
        const { stdout } = await runWatched(process.execPath, [file], { env: variables });
        runs.push(JSON.parse(stdout));
      }
      return runs.slice(1); // the first finds the disk's cache cold
    };
    const [predict, api] = [await starts('predict'), await starts('api')];
    const imports = median(predict.map(({ imported }) => imported)).toFixed(0);
    const size = async (name: string) => {
      const { size: bytes } = await stat(join(out, name, 'index.mjs'));
      return { values: [bytes / 1e6], commands: [`build/bundle: bytes of ${name}/index.mjs`] };
    };
    const zippedSize = async (name: string) => ({
      values: [(await zippedBytes(join(architecture === 'x64' ? out : join(folder, 'x64'), name))) / 1e6],
      commands: [`build/assemble: every file of ${name}, deflated`],
    });
    return {
      'predict-start': {
        values: predict.map(({ all }) => all),
        commands: ['a fresh node: import of the built function, until its model runs on 2 workers'],
        notes: [`the import alone ${imports} ms`],
      },
      'api-start': {
        values: api.map(({ imported }) => imported),
        commands: ['a fresh node: import of the built function, with the application made'],
      },
      'api-size': await size('api'),
      'unzip-size': await size('unzip'),
      'zip-size': await size('zip'),
      'predict-size': await zippedSize('predict'),
      'pictures-size': await zippedSize('pictures'),
    };
  },
};

/** What a zip of the folder holds, but for its directory. */
async function zippedBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) bytes += deflateRawSync(await readFile(join(entry.parentPath, entry.name))).length;
  return bytes;
}

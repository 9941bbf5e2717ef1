import { delimiter, dirname, join } from 'node:path';
import { buildFunctions, buildPage } from '../built.ts';
import { cli, type Finished, jsonLines, type Running, startCli } from '../cli.ts';
import { installPackage } from '../installed-package.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type Authoriser, startAuthoriser } from './authoriser/authoriser.ts';
import { type Clients, type Credentials, clientsFor, owner, region } from './clients.ts';
import type { Engine } from './engine.ts';
import { type Moto, startMoto } from './moto.ts';
import { type Front, openFront } from './runner/runner.ts';

/** Pulumi's and the account's settings of the person who runs the tests have no part in this. */
const foreign = /^(AWS_|PULUMI_|LABDEPLOY_)/;

/** An empty account with IAM enforced, and a machine on which labdeploy is run. */
export interface DeployerWorld extends AsyncDisposable {
  moto: Moto;
  authoriser: Authoriser;
  front: Front;
  /** The owner's. */
  clients: Clients;
  /** Where labdeploy is run; nothing is in it at first but for an installed package. */
  folder: string;
  /** Settings that the simulation needs; for `up` and `preview`. */
  settings: readonly string[];
  env(as: Credentials): NodeJS.ProcessEnv;
  start(as: Credentials, args: readonly string[]): Running;
  run(as: Credentials, args: readonly string[]): Promise<Finished>;
  /** Runs with `--json`; fails unless the command ends well. Returns its last event, the result. */
  result(as: Credentials, args: readonly string[]): Promise<Record<string, unknown>>;
  /** Fails unless the command fails. Returns its error, with its exit code. */
  failure(as: Credentials, args: readonly string[]): Promise<Record<string, unknown>>;
}

/** Options of `up` and `preview`. */
export const simulationSettings = (front: Front): string[] =>
  [
    'runtime=nodejs22.x', // the stand-in plugin knows no newer one
    'aws:s3UsePathStyle=true', // moto finds no bucket in a host name
    'aws:maxRetries=2', // the provider would repeat what moto does not know 25 times
    `origins=${JSON.stringify([front.url])}`,
  ].flatMap((setting) => ['--config', setting]);

/** Builds what is deployed, and makes an account. `packed`: labdeploy is the package, installed without the repository, not the sources. */
export async function deployerWorld(engine: Engine, { packed = false } = {}): Promise<DeployerWorld> {
  await using made = new AsyncDisposableStack();
  const folder = made.use(await temporaryFolder());
  const program = packed ? { program: join(await installPackage(folder.path), 'dist/cli/main.js') } : {};
  if (!packed) {
    await buildFunctions();
    await buildPage();
  }
  const moto = made.use(await startMoto());
  const authoriser = made.use(await startAuthoriser(moto.url));
  const front = await openFront();
  made.defer(() => front.close());
  const settings = simulationSettings(front);
  const env = (as: Credentials): NodeJS.ProcessEnv => ({
    ...Object.fromEntries(
      Object.keys(process.env)
        .filter((name) => foreign.test(name))
        .map((name) => [name, undefined]),
    ),
    PATH: [dirname(engine.pulumi.command), engine.pluginFolder, dirname(process.execPath), process.env.PATH]
      .filter((part) => part !== undefined)
      .join(delimiter),
    AWS_ENDPOINT_URL: authoriser.url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
  });
  const run = (as: Credentials, args: readonly string[]) => cli(args, { cwd: folder.path, env: env(as), ...program });
  const last = async (as: Credentials, args: readonly string[]) => {
    const finished = await run(as, [...args, '--json']);
    return { ...finished, event: jsonLines(finished.stdout).at(-1) ?? {} };
  };
  const rest = made.move();
  return {
    ...{ moto, authoriser, front, settings, env, run },
    clients: clientsFor(moto.url),
    folder: folder.path,
    start: (as, args) => startCli(args, { cwd: folder.path, env: env(as), detached: true, ...program }),
    async result(as, args) {
      const { code, stderr, event } = await last(as, args);
      if (code !== 0)
        throw new Error(`labdeploy ${args.join(' ')} ended with ${code}: ${JSON.stringify(event)}\n${stderr}`);
      return event;
    },
    async failure(as, args) {
      const { code, event } = await last(as, args);
      if (event.event !== 'error' || event.exit !== code)
        throw new Error(`labdeploy ${args.join(' ')} ended with ${code}: ${JSON.stringify(event)}`);
      return event;
    },
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  };
}

/** The account's owner makes the deployer. Returns its key. */
export async function bootstrap({
  result,
  authoriser,
}: Pick<DeployerWorld, 'result' | 'authoriser'>): Promise<Credentials> {
  const done = (await result(owner, ['bootstrap-iam', '--create-access-key', '--yes'])) as {
    user: string;
    accessKeyId: string;
    secretAccessKey: string;
  };
  const key = { accessKeyId: done.accessKeyId, secretAccessKey: done.secretAccessKey };
  authoriser.enrol(done.user, key);
  return key;
}

import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { compiled } from '../cli.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { owner, region } from './clients.ts';
import type { Engine } from './engine.ts';

export interface DeployRequest {
  operation: 'preview' | 'up' | 'refresh' | 'destroy';
  /** URL of a module that exports the Pulumi program as `program`. */
  program: string;
  project: string;
  stack: string;
  config: Record<string, string | number | boolean>;
  /** Folder of a pack whose rules every preview and update must pass. */
  policyPack?: string;
  /** Folder with `bin/pulumi`. */
  engine: string;
}

export interface Change {
  type: string;
  name: string;
  /** `create`, `update`, `replace`, `delete`, `same` …, as the engine names them. */
  operation: string;
  /** Paths of the properties that differ. */
  properties: readonly string[];
}

export interface Deployed {
  /** One a resource, those that stay as they are too. */
  changes: readonly Change[];
  /** Of the stack; empty but for `up`. */
  outputs: Record<string, unknown>;
}

export interface Stack extends AsyncDisposable {
  /** Rejects with what the engine said. The configuration given last stays. */
  run(operation: DeployRequest['operation'], config?: DeployRequest['config']): Promise<Deployed>;
}

const child = join(import.meta.dirname, '../children/deploy.ts');
const plugins = join(import.meta.dirname, 'plugins');
/** Pulumi's and the account's settings of the person who runs the tests have no part in this. */
const foreign = /^(AWS_|PULUMI_)/;

/** A stack whose state is in a folder of its own, deployed to the account that answers at `url`. Nothing is deployed yet. */
export async function openStack(
  engine: Engine,
  {
    url,
    credentials = owner,
    ...given
  }: { url: string; credentials?: typeof owner } & Pick<DeployRequest, 'program' | 'project' | 'stack' | 'policyPack'>,
): Promise<Stack> {
  const folder = await temporaryFolder();
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    ...compiled,
    NODE_OPTIONS: '',
    PATH: [engine.pluginFolder, plugins, dirname(process.execPath), process.env.PATH]
      .filter((part) => part !== undefined)
      .join(delimiter),
    PULUMI_BACKEND_URL: `file://${folder.path}`,
    PULUMI_CONFIG_PASSPHRASE: 'test',
    PULUMI_SKIP_UPDATE_CHECK: '1',
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken !== undefined && { AWS_SESSION_TOKEN: credentials.sessionToken }),
  };
  let config: DeployRequest['config'] = {
    'aws:region': region,
    'aws:s3UsePathStyle': true, // moto finds no bucket in a host name
    'aws:maxRetries': 2, // the provider would repeat what moto does not know 25 times
  };
  return {
    async run(operation, changes = {}) {
      config = { ...config, ...changes };
      const request: DeployRequest = { ...given, operation, config, engine: dirname(dirname(engine.pulumi.command)) };
      const process_ = spawn(process.execPath, [child], { env, stdio: ['pipe', 'pipe', 'pipe'] });
      process_.stdin.end(JSON.stringify(request));
      const ended = new Promise<number | null>((resolve) => process_.on('close', resolve));
      const [code, answer, trouble] = await Promise.all([ended, text(process_.stdout), text(process_.stderr)]);
      if (code !== 0) throw new Error(`${operation} failed:\n${trouble}`);
      return JSON.parse(answer) as Deployed;
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

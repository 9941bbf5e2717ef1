import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import type { MockCallArgs, MockResourceArgs } from '@pulumi/pulumi/runtime/mocks.js';
import { stages as allStages } from '../../functions/stages/stages.ts';
import { readConfig } from '../../infra/config.ts';
import { Service, type ServiceArgs } from '../../infra/service.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Declared {
  /** `aws:sqs/queue:Queue`. */
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  /** Properties of which a change is not taken over. */
  ignored: readonly string[];
}

export interface Graph {
  /** In order of type and name; components too. */
  resources: readonly Declared[];
  outputs: Record<string, unknown>;
  /** Those of one type, by name. */
  of(type: string): Record<string, Record<string, unknown>>;
}

export const target = { account: '123456789012', region: 'eu-central-1', partition: 'aws' };
const world = 'https://abc123.execute-api.eu-central-1.amazonaws.com';

/** What AWS would make of a resource: its inputs, and what it invents. */
function made({ type, name, inputs }: MockResourceArgs): { id: string; state: Record<string, unknown> } {
  const own = inputs.bucket ?? inputs.name ?? name;
  const service = type.split(/[:/]/)[1];
  const outputs: Record<string, Record<string, unknown>> = {
    'aws:s3/bucket:Bucket': {
      arn: `arn:aws:s3:::${own}`,
      bucketRegionalDomainName: `${own}.s3.${target.region}.amazonaws.com`,
    },
    'aws:sqs/queue:Queue': { url: `https://sqs.${target.region}.amazonaws.com/${target.account}/${own}` },
    'aws:ecr/repository:Repository': {
      repositoryUrl: `${target.account}.dkr.ecr.${target.region}.amazonaws.com/${own}`,
    },
    'aws:apigatewayv2/api:Api': { apiEndpoint: world, executionArn: 'arn:execution' },
    'aws:cloudfront/distribution:Distribution': { domainName: 'd123.cloudfront.net', arn: 'arn:distribution' },
  };
  const arn = `arn:aws:${service}:${target.region}:${target.account}:${own}`;
  return { id: `${own}-id`, state: { arn, name: own, ...inputs, ...outputs[type] } };
}

/** The resources that a service declares with this configuration, under mocks of the engine. Of `large` functions there is a zip. */
export async function graphOf(
  settings: Record<string, string> = {},
  { large = [], ...change }: Partial<Pick<ServiceArgs, 'stages' | 'stack' | 'target'>> & { large?: string[] } = {},
): Promise<Graph> {
  await using folder = await temporaryFolder();
  const code = join(folder.path, 'code');
  const page = join(folder.path, 'page');
  for (const name of ['api', 'broker', 'pre-sign-up', ...(change.stages ?? allStages).map((stage) => stage.name)]) {
    await mkdir(join(code, name), { recursive: true });
    await writeFile(join(code, name, 'index.mjs'), 'export const handler = () => {};');
  }
  for (const name of large) await writeFile(join(code, `${name}.zip`), `zip of ${name}`);
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html>');
  await writeFile(join(page, 'assets', 'main-1234.js'), '0;');
  await cp(join(page, 'index.html'), join(page, 'icon.svg'));

  const resources: Declared[] = [];
  const ignoring = new Map<string, string[]>();
  /** Runs after the service's own, and sees what they have made of the options. */
  const noting: pulumi.ResourceTransformation = ({ type, name, opts }) => {
    if (opts.ignoreChanges !== undefined) ignoring.set(`${type} ${name}`, opts.ignoreChanges);
    return undefined;
  };
  const stack = change.stack ?? 'dev';
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const ignored = ignoring.get(`${args.type} ${args.name}`) ?? [];
        resources.push({ type: args.type, name: args.name, inputs: args.inputs, ignored });
        return args.custom === false ? { id: undefined, state: {} } : made(args);
      },
      call: ({ inputs }: MockCallArgs) => inputs,
    },
    'labdeploy',
    stack,
  );
  const config = readConfig(settings);
  const args = { config, stack, target, code, page, version: '1.2.3', ...change };
  const service = new Service('labdeploy', args, { transformations: [noting] });
  const outputs = await settled(pulumi.output(service.outputs));
  await pulumi.runtime.disconnect();
  resources.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  return {
    resources,
    outputs,
    of: (type) =>
      Object.fromEntries(resources.filter((each) => each.type === type).map(({ name, inputs }) => [name, inputs])),
  };
}

const settled = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply((value) => resolve(value as T));
  });

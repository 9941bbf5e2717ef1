import * as pulumi from '@pulumi/pulumi';
import type { MockResourceArgs } from '@pulumi/pulumi/runtime/mocks.js';
import { buildArtifacts } from '../../infra/build-artifacts.ts';
import type { Config } from '../../infra/config.ts';
import { Service, type ServiceArgs } from '../../infra/service.ts';
import type { PlannedResource } from '../io/deploy-events.ts';
import { project } from './settings.ts';

/** What `npm run build` made, put together for a stack of these settings. */
export const builtFor = (config: Config) => buildArtifacts(config);

/** What the program declares, in order of type and name, under Pulumi's own stand-in for the engine. */
export async function plannedResources(service: ServiceArgs): Promise<PlannedResource[]> {
  const resources: PlannedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        if (args.custom !== false) resources.push({ type: args.type, name: args.name, inputs: args.inputs });
        return { id: `[${args.name}.id]`, state: stateOf(args) };
      },
      call: ({ inputs }) => inputs,
    },
    project,
    service.stack,
  );
  const { outputs } = new Service('labdeploy', service);
  await new Promise<void>((resolve) => {
    pulumi.output(outputs).apply(() => resolve());
  });
  await pulumi.runtime.disconnect();
  const shown = await Promise.all(
    resources.map(async ({ inputs, ...rest }) => ({
      ...rest,
      inputs: (await plain(inputs)) as PlannedResource['inputs'],
    })),
  );
  return shown.sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
}

/** Properties of which only AWS knows the value, and that others are made from. */
const invented = ['arn', 'url', 'apiEndpoint', 'domainName', 'bucketRegionalDomainName', 'executionArn', 'endpoint'];

const stateOf = ({ name, inputs }: MockResourceArgs): Record<string, unknown> => ({
  ...Object.fromEntries(invented.map((property) => [property, `[${name}.${property}]`])),
  name,
  ...inputs,
});

/** Files of the code and of the page as their paths: their bytes are no part of the plan. */
async function plain(value: unknown): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== 'object' || value === null) return value;
  if (pulumi.asset.Asset.isInstance(value) || pulumi.asset.Archive.isInstance(value)) {
    return { file: await (value as { path?: Promise<string> | string }).path };
  }
  const entries = Object.entries(value).map(async ([key, each]) => [key, await plain(each)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

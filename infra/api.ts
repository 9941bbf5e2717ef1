import * as pulumi from '@pulumi/pulumi';
import { machineTerms } from '../functions/core/machine-sizes.ts';
import { billingParameter } from '../policies/state-names.ts';
import { Api } from './components/api.ts';
import type { Broker } from './components/broker.ts';
import { scopes } from './components/identity.ts';
import type { Web } from './page.ts';
import type { PartArgs } from './part-args.ts';
import type { People } from './people.ts';
import type { StackResources } from './stack-resources.ts';

export interface ApiParts {
  resources: StackResources;
  web: Web;
  people: People;
  broker: Broker | undefined;
  version: string;
}

/** The API, for whoever signs in to the pool. */
export function makeApi(
  { name, context, code, childOpts }: PartArgs,
  { resources, web, people, broker, version }: ApiParts,
): Api {
  const { signUp, plans, publicLinks, retentionDays, billing } = context.config;
  const inputDays = Math.min(context.config.inputDays, retentionDays);
  const { identity, clients, origins } = people;
  return new Api(
    `${name}-api`,
    {
      ...{ context, apiFront: web.apiFront, resources, code },
      issuer: identity.issuer,
      audiences: [clients.page.id, clients.commandLine.id],
      slower: broker?.routes ?? [],
      environment: {
        ...{ version, signUp, plans, publicLinks, scopes, retentionDays, inputDays },
        ...(billing && { billing: billingParameter(context.stack) }),
        ...(resources.fleet !== undefined && { machines: machineTerms(resources.fleet.environment.prices) }),
        issuer: identity.issuer,
        clientId: clients.page.id,
        cliClientId: clients.commandLine.id,
        origins: pulumi.all(origins),
      },
    },
    childOpts,
  );
}

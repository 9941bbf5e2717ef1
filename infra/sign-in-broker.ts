import { isBrokered } from '../functions/stack/sign-in-broker.ts';
import { brokerParameter } from '../policies/state-names.ts';
import { Broker } from './components/broker.ts';
import { answerPath, signInOrigins } from './components/identity.ts';
import type { Config } from './config.ts';
import type { Web } from './page.ts';
import type { PartArgs } from './part-args.ts';
import type { StackResources } from './stack-resources.ts';

export const needsBroker = ({ signInWith }: Config): boolean => signInWith.some(isBrokered);

/** Only where an institution does not fit Cognito. */
export function makeBroker(
  { name, context, code, childOpts }: PartArgs,
  resources: StackResources,
  { apiFront, ui }: Web,
): Broker | undefined {
  if (!needsBroker(context.config)) return undefined;
  const environment = {
    origin: ui.origin,
    redirectUri: `${signInOrigins(context).signInOrigin}${answerPath}`,
    parameter: brokerParameter(context.stack),
    rows: context.config.signInWith.filter(isBrokered),
  };
  return new Broker(`${name}-broker`, { context, apiFront, resources, code, environment }, childOpts);
}

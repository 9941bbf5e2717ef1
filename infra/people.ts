import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Identity } from './components/identity.ts';
import type { Ui } from './components/ui.ts';
import type { PartArgs } from './part-args.ts';

/** Who may sign in, and from where. */
export interface People {
  identity: Identity;
  /** Of pages that people sign in from. */
  origins: pulumi.Input<string>[];
  clients: { page: aws.cognito.UserPoolClient; commandLine: aws.cognito.UserPoolClient };
}

export function makePeople({ name, context, code, childOpts }: PartArgs, ui: Ui): People {
  const identity = new Identity(`${name}-people`, { context, code, page: ui.origin }, childOpts);
  const { pageDomain, origins: others } = context.config;
  // Links of before a page had a name of the lab's, and whoever tries it before the name is known, go on.
  const own = pageDomain === undefined ? [ui.origin] : [ui.origin, ui.distributionOrigin];
  const origins = [...own, ...others];
  return {
    identity,
    origins,
    clients: { page: identity.pageClient(origins), commandLine: identity.commandLineClient() },
  };
}

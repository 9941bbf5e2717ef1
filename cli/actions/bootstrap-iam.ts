import { IAMClient } from '@aws-sdk/client-iam';
import type { CommandContext } from '../context.ts';
import { type AwsAccount, openAccount } from '../deploy/account.ts';
import * as access from '../deploy/iam/client.ts';
import {
  boundaryPolicy,
  deployerName,
  deployerPath,
  deployerPolicies,
  githubIssuer,
  type NamedPolicy,
  printable,
  trustDocument,
} from '../deploy/iam/documents.ts';
import { untilKnown } from '../deploy/iam/fresh-key.ts';
import { subjectsOf, trustedSubjects, withoutSubjects } from '../deploy/iam/github-subjects.ts';
import { withSenders } from '../deploy/iam/senders.ts';
import { deniedActions } from '../deploy/iam/simulate.ts';
import { UserError } from '../errors.ts';

export interface BootstrapOptions {
  region?: string;
  baseName: string;
  user?: boolean;
  createAccessKey?: boolean;
  /** `owner/repository` or `owner/repository:environment`; they are added to those that are trusted. */
  github?: string[];
  /** The same, of those that are to be trusted no more. */
  forgetGithub?: string[];
  /** Addresses, or `*@lab.example`, that stacks may mail as; they are added to those that they may already. */
  mailFrom?: string[];
  overwrite?: boolean;
  print?: boolean;
  check?: boolean;
  remove?: boolean;
}

interface Bootstrap extends BootstrapOptions {
  iam: IAMClient;
  account: AwsAccount;
  scope: { partition: string; account: string; baseName: string };
}

/** Where IAM has its endpoint does not matter; only STS must be asked somewhere. */
const anyRegion = 'us-east-1';

/** Makes, shows, checks or removes the role that deploys. Safe to repeat; never takes away what others put there. */
export async function bootstrapIam(options: BootstrapOptions, context: CommandContext): Promise<void> {
  const { io, env } = context;
  for (const sender of options.mailFrom ?? []) {
    if (/^(\*|[^\s*@?]+)@[^\s*@?]+\.[^\s*@?]+$/.test(sender)) continue;
    const detail = `'${sender}' is neither an address nor *@ and a domain`;
    throw new UserError('usage', { detail, command: 'bootstrap-iam' });
  }
  for (const given of [...(options.github ?? []), ...(options.forgetGithub ?? [])]) subjectsOf(given);
  if (options.print) {
    return io.emit('bootstrap.printed', { policies: printable('aws', options.baseName, options.mailFrom) });
  }
  const region = options.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? anyRegion;
  const account = await openAccount(region, env, context);
  const scope = { partition: account.partition, account: account.id, baseName: options.baseName };
  const bootstrap = { ...options, iam: new IAMClient(account.client), account, scope };
  if (options.check) await check(bootstrap, context);
  else if (options.remove) await remove(bootstrap, context);
  else await make(bootstrap, context);
}

const arnOf = ({ partition, account }: Bootstrap['scope'], kind: string, path: string, name: string) =>
  `arn:${partition}:iam::${account}:${kind}${path}${name}`;
const policyArn = (scope: Bootstrap['scope'], { path, name }: NamedPolicy) => arnOf(scope, 'policy', path, name);
const githubArn = (scope: Bootstrap['scope']) => arnOf(scope, 'oidc-provider', '/', githubIssuer);

async function make(bootstrap: Bootstrap, context: CommandContext): Promise<void> {
  const { iam, account, scope, github = [], forgetGithub = [], overwrite = false } = bootstrap;
  const { io } = context;
  const name = deployerName(scope.baseName);
  const user = bootstrap.user === true || bootstrap.createAccessKey === true;
  if (account.arn.endsWith(':root')) io.emit('bootstrap.root', { account: account.id });
  const policies = deployerPolicies(scope);
  const boundary = boundaryPolicy(await withSenders(iam, scope, bootstrap.mailFrom));
  const question = `Let account ${account.id} have the role ${user ? 'and the user ' : ''}${name}?`;
  if (!(await context.confirm(question))) throw new UserError('declined', { command: 'bootstrap-iam' });
  const tell = (what: string, change: access.Change) => io.emit('bootstrap.step', { what, change });
  for (const policy of [boundary, ...policies]) {
    tell(`policy ${policy.name}`, await access.ensurePolicy(iam, policyArn(scope, policy), policy, overwrite));
  }
  const trusted = trustedSubjects((await access.trustOf(iam, name)) ?? {});
  const kept = forgetGithub.reduce<readonly string[]>(withoutSubjects, trusted);
  const subjects = [...new Set([...kept, ...github.flatMap(subjectsOf)])];
  if (github.length > 0) tell(`trust in ${githubIssuer}`, await access.ensureGithub(iam, githubArn(scope)));
  const role = { name, path: deployerPath, trust: trustDocument(scope, subjects) };
  tell(`role ${name}`, await access.ensureRole(iam, role, overwrite));
  const arns = policies.map((policy) => policyArn(scope, policy));
  await access.attach(iam, { role: name }, arns);
  if (user) {
    tell(`user ${name}`, await access.ensureUser(iam, name, deployerPath));
    await access.attach(iam, { user: name }, arns);
  }
  const key = bootstrap.createAccessKey ? await access.createAccessKey(iam, name) : undefined;
  const isKnown = key === undefined || (await untilKnown(key, account, context.signal));
  io.emit('bootstrap.done', {
    role: arnOf(scope, 'role', deployerPath, name),
    boundary: policyArn(scope, boundary),
    ...(subjects.length > 0 && { github: subjects }),
    ...(user && { user: arnOf(scope, 'user', deployerPath, name) }),
    ...(key !== undefined && { accessKeyId: key.id, secretAccessKey: key.secret }),
    ...(!isKnown && { notYet: true }),
  });
}

/** Asks IAM about every action, one by one, without doing any. */
async function check({ iam, scope }: Bootstrap, { io }: CommandContext): Promise<void> {
  const name = deployerName(scope.baseName);
  const role = arnOf(scope, 'role', deployerPath, name);
  const { asked, denied } = await deniedActions(iam, role, scope);
  for (const each of denied) io.emit('bootstrap.denied', each);
  if (denied.length > 0) throw new UserError('deployerIncomplete', { name, count: denied.length });
  io.emit('bootstrap.checked', { role, actions: asked });
}

async function remove({ iam, scope }: Bootstrap, context: CommandContext): Promise<void> {
  const name = deployerName(scope.baseName);
  await context.confirmName(`Remove ${name} and its policies? Stacks stay, and nobody can change them.`, name);
  const removed: string[] = [];
  const note = (what: string, was: boolean) => void (was && removed.push(what));
  note(`user ${name}`, await access.removeUser(iam, name));
  note(`role ${name}`, await access.removeRole(iam, name));
  for (const policy of [...deployerPolicies(scope), boundaryPolicy(scope)]) {
    note(`policy ${policy.name}`, await access.removePolicy(iam, policyArn(scope, policy)));
  }
  note(`trust in ${githubIssuer}`, await access.removeGithub(iam, githubArn(scope)));
  context.io.emit('bootstrap.removed', { removed });
}

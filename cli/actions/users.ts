import { resolve } from 'node:path';
import { forgetAll } from '../../client/people.ts';
import { Failure } from '../../functions/core/errors.ts';
import { archivingPlans } from '../../functions/core/plans.ts';
import type { Account, Accounts } from '../../functions/ports/identity.ts';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';
import type { StackOptions } from '../deploy/stack.ts';
import { UserError } from '../errors.ts';
import type { AccountShown } from '../io/users-events.ts';

export interface UsersOptions extends StackOptions {
  /** Of `labdeploy local --users`; absent: a stack. */
  data?: string;
}

// Outside of functions with `using`: in those the compiler leaves the names of modules as they are.
const loadLocal = () => import('../../functions/runtime/workstation/accounts.ts');
const loadRestore = () => import('../../functions/runtime/workstation/restore-all.ts');
const loadCloudRestore = () => import('../deploy/restore-all.ts');
const loadCloud = () =>
  Promise.all([
    import('../deploy/stack.ts'),
    import('../deploy/outputs.ts'),
    import('../deploy/settings.ts'),
    import('../../functions/runtime/stack-accounts.ts'),
    import('../deploy/identity-at-institution.ts'),
  ]);

interface ServiceFacts {
  /** Names. */
  plans: readonly string[];
  /** Has what is archived of a person come back, where their plan does not archive; of how many jobs, where that is known. */
  restoreAll(id: string): Promise<number | undefined>;
  /** Adds who comes with an institution, and returns its name; absent on one machine, where the link of an invitation does that. */
  addWithIdentity?(email: string, identity: string, giveRights: (address: string) => Promise<void>): Promise<string>;
}

/** The people of a service, and where it is. Only what is needed is loaded: the engine takes a second. */
async function withAccounts(
  { data, ...stack }: UsersOptions,
  context: CommandContext,
  work: (accounts: Accounts, service: string, more: ServiceFacts) => Promise<void>,
): Promise<void> {
  if (data !== undefined) {
    const { openFolderAccounts } = await loadLocal();
    const folder = resolve(context.cwd, data);
    using accounts = openFolderAccounts(folder);
    const restoreAll = async (id: string) => (await loadRestore()).restoreAllIn(folder, id);
    return await work(accounts, folder, { plans: Object.keys(archivingPlans), restoreAll }); // before it is closed
  }
  const [{ openStack }, { readOutputs }, { checkedConfig }, people, { identityAtInstitution }] = await loadCloud();
  await using open = await openStack(stack, context);
  const { userPoolId, queues } = await readOutputs(open);
  const { plans, signInWith } = checkedConfig(await open.engine.getAllConfig());
  const restoreAll = async (id: string) => {
    if (queues.cold !== undefined) await (await loadCloudRestore()).restoreAllOf(id, queues.cold, open.account);
    return undefined;
  };
  const pool = { client: open.account.client, userPoolId };
  const addWithIdentity: ServiceFacts['addWithIdentity'] = async (email, text, giveRights) => {
    const { institution, ...identity } = identityAtInstitution(text, signInWith);
    await people.addWithIdentity(pool, email, identity, giveRights);
    return institution;
  };
  const accounts = people.openStackAccounts(pool);
  await work(accounts, open.name, { plans: Object.keys(plans), restoreAll, addWithIdentity });
}

/** The service takes an unknown plan for none: whoever gives it wants something else. Throws `planUnknown`. */
function assertPlan(plan: string | undefined, plans: readonly string[]): void {
  if (plan !== undefined && !plans.includes(plan))
    throw new UserError('planUnknown', { plan, plans: plans.join(', ') });
}

/** As `--json` shows an account: times in UTC. */
const shown = ({ createdAt, lastSignInAt, ...account }: Account): AccountShown => ({
  ...account,
  createdAt: new Date(createdAt).toISOString(),
  ...(lastSignInAt !== undefined && { lastSignInAt: new Date(lastSignInAt).toISOString() }),
});

/** Everybody of a service, oldest first. */
export const listUsers = (options: UsersOptions, context: CommandContext): Promise<void> =>
  withAccounts(options, context, async (accounts, service) => {
    context.io.emit('users.listed', { service, users: (await accounts.list()).map(shown) });
  });

export interface AddOptions extends UsersOptions {
  admin?: boolean;
  plan?: string;
  /** `ORCID:0000-0002-1825-0097`: signs in with that, and needs no invitation. */
  identity?: string;
}

/** Invites an address; on a machine the link is shown, and one without an address is good for anybody. */
export const addUser = (
  email: string | undefined,
  { admin = false, plan, identity, ...options }: AddOptions,
  context: CommandContext,
): Promise<void> =>
  withAccounts(options, context, async (accounts, service, { plans, addWithIdentity }) => {
    assertPlan(plan, plans);
    if (identity !== undefined) {
      const person = { email, identity, admin, plan };
      return context.io.emit('users.linked', { service, ...(await linkPerson(person, accounts, addWithIdentity)) });
    }
    const way = await accounts.invite({
      ...(email !== undefined && { email }),
      admin,
      ...(plan !== undefined && { plan }),
    });
    const how = 'url' in way ? { url: way.url, expiresAt: new Date(way.expiresAt).toISOString() } : way;
    context.io.emit('users.invited', { service, ...(email !== undefined && { email }), ...how });
  });

interface Linked {
  email: string | undefined;
  identity: string;
  admin: boolean;
  plan: string | undefined;
}

/** Throws `usage` where that cannot be. */
async function linkPerson(
  { email, identity, admin, plan }: Linked,
  accounts: Accounts,
  add: ServiceFacts['addWithIdentity'],
): Promise<{ email: string; institution: string }> {
  if (add === undefined || email === undefined) throw identityRefused(email);
  const institution = await add(email, identity, async (address) => {
    if (admin) await accounts.setAdmin(address, true);
    if (plan !== undefined) await accounts.setPlan(address, plan);
  });
  return { email, institution };
}

function identityRefused(email: string | undefined): UserError {
  const detail =
    email === undefined
      ? '--identity needs the address of the person'
      : '--identity is for a stack: on this machine invite the person, who opens the link and signs in with the institution';
  return new UserError('usage', { detail, command: 'users add' });
}

/** Forgets an account, after a yes. Its jobs stay until they end by themselves. */
export const removeUser = (user: string, options: UsersOptions, context: CommandContext): Promise<void> =>
  withAccounts(options, context, async (accounts, service) => {
    const { id, email } = await accounts.find(user);
    if (!(await context.confirm(`Remove ${email} from ${service}?`)))
      throw new UserError('declined', { command: 'users remove' });
    await accounts.remove(id);
    context.io.emit('users.removed', { service, email });
  });

/**
 * Removes an account, after a yes, and then lets the service forget all that is left of the person: jobs, images, results,
 * shares, use and names. A person without an account is named by the id that the service knows.
 */
export const forgetUser = (
  user: string,
  { url, ...options }: UsersOptions & { url: string },
  context: CommandContext,
): Promise<void> =>
  withAccounts(options, context, async (accounts, service) => {
    const account = await accounts.find(user).catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'accountMissing' && !user.includes('@')) return undefined;
      throw error;
    });
    const [id, name] = account === undefined ? [user, user] : [account.id, account.email];
    const { client } = await connect(url, context); // before anything is removed
    if (!(await context.confirm(`Remove ${name} from ${service}, with all jobs, images and results?`)))
      throw new UserError('declined', { command: 'users forget' });
    if (account !== undefined) await accounts.remove(id);
    context.io.emit('users.forgetting', { service, id });
    const counts = await forgetAll(() => client.call('forgetPerson', { params: { person: id } }));
    context.io.emit('users.forgotten', { service, id, jobs: counts.jobs ?? 0, objects: counts.objects ?? 0 });
  });

/** Gives a plan, or without one the service's default; where that does not archive, what was archived comes back. */
export const setUserPlan = (
  user: string,
  plan: string | undefined,
  options: UsersOptions,
  context: CommandContext,
): Promise<void> =>
  withAccounts(options, context, async (accounts, service, { plans, restoreAll }) => {
    assertPlan(plan, plans);
    await accounts.setPlan(user, plan);
    const account = await accounts.find(user);
    const restored = await restoreAll(account.id);
    const event = { service, user: shown(account), ...(restored !== undefined && { restored }) };
    context.io.emit('users.changed', event);
  });

import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminResetUserPasswordCommand,
  AdminUserGlobalSignOutCommand,
  CreateGroupCommand,
  GroupExistsException,
  type GroupType,
  InvalidParameterException,
  NotAuthorizedException,
  paginateAdminListGroupsForUser,
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { Failure } from '../../core/errors.ts';
import { emailKey } from '../../identity/email-address.ts';
import { adminGroup, groupsOf, isPlanName, rightsOf } from '../../identity/groups.ts';
import type { Accounts } from '../../ports/identity.ts';
import { type CognitoPool, type Found, foundOf, neverCame, unconfirmed } from './cognito-pool.ts';

/**
 * The people of a Cognito pool whose user names are e-mail addresses. Administrators and plans are groups. Cognito mails
 * invitations and codes for new passwords itself, and makes an invited account at once, before its owner came. What two
 * administrators do to each other at the same moment can leave the lab without one: labdeploy invites another.
 */
export function cognitoAccounts({ client, userPoolId: UserPoolId }: CognitoPool): Accounts {
  const read = async (account: string): Promise<Found> => {
    const wanted = { UserPoolId, Username: emailKey(account) ?? account };
    try {
      const user = await client.send(new AdminGetUserCommand(wanted));
      const groups = await groupsOfUser(wanted.Username);
      return { ...foundOf({ ...user, Attributes: user.UserAttributes }, groups), Username: user.Username! };
    } catch (error) {
      if (error instanceof UserNotFoundException) throw new Failure('accountMissing', { account }, { cause: error });
      throw error;
    }
  };
  const groupsOfUser = (Username: string) =>
    gathered(paginateAdminListGroupsForUser({ client }, { UserPoolId, Username }), ({ Groups }) => Groups).then(
      namesOf,
    );
  const members = (GroupName: string) =>
    gathered(paginateListUsersInGroup({ client }, { UserPoolId, GroupName }), ({ Users }) => Users);
  const groupNames = () =>
    gathered(paginateListGroups({ client }, { UserPoolId }), ({ Groups }) => Groups).then(namesOf);

  const keepsAnAdmin = async ({ account }: Found) => {
    if (!account.admin || account.state !== 'active') return;
    const admins = (await members(adminGroup)).map((user) => foundOf(user, [adminGroup]).account);
    if (admins.some(({ id, state }) => id !== account.id && state === 'active')) return;
    throw new Failure('accountLastAdmin', { email: account.email });
  };
  /** Its rights as they shall be; the new ones first, so that a call that is cut off takes none away too early. */
  const setRights = async (Username: string, before: readonly string[], rights: { admin: boolean; plan?: string }) => {
    const after = groupsOf(rights);
    for (const GroupName of after.filter((name) => !before.includes(name))) {
      const group = { UserPoolId, GroupName };
      await client.send(new CreateGroupCommand(group)).catch((error) => {
        if (!(error instanceof GroupExistsException)) throw error;
      });
      await client.send(new AdminAddUserToGroupCommand({ ...group, Username }));
    }
    const ours = before.filter((name) => name === adminGroup || rightsOf([name]).plan !== undefined);
    for (const GroupName of ours.filter((name) => !after.includes(name))) {
      await client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, GroupName, Username }));
    }
  };
  const rights = (admin: boolean, plan: string | undefined) => ({ admin, ...(plan !== undefined && { plan }) });
  const signOut = ({ Username }: Found) => client.send(new AdminUserGlobalSignOutCommand({ UserPoolId, Username }));
  const invitation = (Username: string, again: boolean) =>
    new AdminCreateUserCommand({
      UserPoolId,
      Username,
      DesiredDeliveryMediums: ['EMAIL'],
      ...(again
        ? { MessageAction: 'RESEND' }
        : {
            UserAttributes: [
              { Name: 'email', Value: Username },
              { Name: 'email_verified', Value: 'true' },
            ],
          }),
    });

  return {
    async invite({ email, admin = false, plan }) {
      checkPlan(plan);
      const address = email === undefined ? undefined : emailKey(email);
      if (address === undefined) {
        const why =
          email === undefined ? 'Cognito mails invitations: name an address' : `'${email}' is not an e-mail address`;
        throw new Failure('accountInvalid', { detail: why });
      }
      try {
        await client.send(invitation(address, false));
      } catch (error) {
        if (!(error instanceof UsernameExistsException)) throw error;
        if ((await read(address)).status !== neverCame)
          throw new Failure('accountExists', { email: address }, { cause: error });
        await client.send(invitation(address, true));
      }
      await setRights(address, await groupsOfUser(address), rights(admin, plan));
      return { mailedTo: address };
    },
    async list() {
      const users = await gathered(paginateListUsers({ client }, { UserPoolId }), (page) => page.Users);
      const groups = new Map<string, string[]>();
      for (const name of await groupNames()) {
        if (name !== adminGroup && rightsOf([name]).plan === undefined) continue;
        for (const { Username } of await members(name)) groups.set(Username!, [...(groups.get(Username!) ?? []), name]);
      }
      const accounts = users.map((user) => foundOf(user, groups.get(user.Username!) ?? []).account);
      return accounts.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
    },
    find: async (account) => (await read(account)).account,
    async enable(account) {
      const { Username, status } = await read(account);
      if (status === unconfirmed) await client.send(new AdminConfirmSignUpCommand({ UserPoolId, Username }));
      await client.send(new AdminEnableUserCommand({ UserPoolId, Username }));
    },
    async disable(account) {
      const found = await read(account);
      await keepsAnAdmin(found);
      await client.send(new AdminDisableUserCommand({ UserPoolId, Username: found.Username }));
      await signOut(found);
    },
    async remove(account) {
      const found = await read(account);
      await keepsAnAdmin(found);
      await signOut(found);
      await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: found.Username }));
    },
    async setAdmin(account, admin) {
      const found = await read(account);
      if (!admin) await keepsAnAdmin(found);
      await setRights(found.Username, groupsOf(found.account), rights(admin, found.account.plan));
    },
    async setPlan(account, plan) {
      checkPlan(plan);
      const {
        Username,
        account: { admin },
      } = await read(account);
      await setRights(Username, await groupsOfUser(Username), rights(admin, plan));
    },
    async resetLink(account) {
      const found = await read(account);
      const { Username, status } = found;
      if (status === neverCame) await client.send(invitation(found.account.email, true));
      else {
        await client.send(new AdminResetUserPasswordCommand({ UserPoolId, Username })).catch((error) => {
          if (!(error instanceof InvalidParameterException || error instanceof NotAuthorizedException)) throw error;
          throw new Failure('accountInvalid', { detail: error.message }, { cause: error });
        });
      }
      await signOut(found);
      return { mailedTo: found.account.email };
    },
  };
}

function checkPlan(plan: string | undefined) {
  if (plan !== undefined && !isPlanName(plan)) {
    throw new Failure('accountInvalid', {
      detail: `'${plan}' is no name of a plan: lower-case letters, digits and hyphens`,
    });
  }
}

const namesOf = (groups: readonly GroupType[]): string[] => groups.map(({ GroupName }) => GroupName!);

async function gathered<P, T>(pages: AsyncIterable<P>, itemsOf: (page: P) => T[] | undefined): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(...(itemsOf(page) ?? []));
  return all;
}

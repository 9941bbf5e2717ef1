import { Failure } from '../../../core/errors.ts';
import { emailKey } from '../../../identity/email-address.ts';
import { isPlanName } from '../../../identity/groups.ts';
import type { Account, Accounts, Link } from '../../../ports/identity.ts';
import type { StoredAccount } from './account-table.ts';
import type { IssuerContext } from './issuer-context.ts';
import { linkTo } from './links.ts';
import type { TokenKinds } from './one-time-tokens.ts';

/** The owner of what was made before there were accounts; the first administrator takes it over. */
export const localOwner = 'local';

export interface Invitation {
  id: string;
  /** Absent: good for anybody. */
  email?: string;
  admin: boolean;
  plan?: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface LocalAccounts extends Accounts {
  invite(who: Parameters<Accounts['invite']>[0]): Promise<Link>;
  resetLink(account: string): Promise<Link>;
  /** Invitations that are not used yet, the one that ends first first. */
  invitations(): Promise<Invitation[]>;
  /** Its link is good no more. Throws `accountMissing` where there is none. */
  revokeInvitation(id: string): Promise<void>;
  /** While there is no administrator: a link that makes the first one. It replaces the one before. */
  firstAdminLink(): Promise<Link | undefined>;
}

/** People of this machine's service; `issuer` is where links lead. Works beside a running service on the same database. */
export function localAccounts(
  { accounts, identities, providerStore, database, oneTimeTokens }: IssuerContext,
  issuer: string,
): LocalAccounts {
  const find = (account: string): StoredAccount => {
    const found = accounts.byId(account) ?? accounts.byEmail(account);
    if (found === undefined) throw new Failure('accountMissing', { account });
    return found;
  };
  const change = (account: string, changes: Parameters<typeof accounts.update>[1]) =>
    database.write(() => {
      const found = find(account);
      const after = { ...found, ...changes };
      if (!(after.admin && after.state === 'active')) keepsAnAdmin(found);
      accounts.update(found, changes);
      if (after.state !== 'active') signOut(found);
    });
  const keepsAnAdmin = (account: StoredAccount) => {
    if (account.admin && account.state === 'active' && accounts.otherAdmins(account.id) === 0) {
      throw new Failure('accountLastAdmin', { email: account.email });
    }
  };
  const signOut = ({ id }: Account) => {
    providerStore.forget(id);
    oneTimeTokens.forget(id);
  };
  const invitation = (details: TokenKinds['invite']) => {
    const { secret, expiresAt } = oneTimeTokens.issue('invite', details);
    return { url: linkTo(issuer, 'invite', secret), expiresAt };
  };

  return {
    async invite({ email, admin = false, plan }) {
      if (email !== undefined) {
        if (emailKey(email) === undefined)
          throw new Failure('accountInvalid', { detail: `'${email}' is not an e-mail address` });
        if (accounts.byEmail(email) !== undefined) throw new Failure('accountExists', { email });
      }
      checkPlan(plan);
      return invitation({
        ...(email === undefined ? {} : { email: email.trim() }),
        admin,
        ...(plan === undefined ? {} : { plan }),
      });
    },
    list: async () => accounts.list().map(shown),
    find: async (account) => shown(find(account)),
    enable: async (account) => change(account, { state: 'active' }),
    disable: async (account) => change(account, { state: 'disabled' }),
    remove: async (account) =>
      database.write(() => {
        const found = find(account);
        keepsAnAdmin(found);
        signOut(found);
        identities.removeOf(found.id);
        accounts.remove(found.id);
      }),
    setAdmin: async (account, admin) => change(account, { admin }),
    async setPlan(account, plan) {
      checkPlan(plan);
      change(account, { plan });
    },
    async resetLink(account) {
      const { secret, expiresAt } = oneTimeTokens.issue('reset', { account: find(account).id });
      return { url: linkTo(issuer, 'reset', secret), expiresAt };
    },
    async invitations() {
      return oneTimeTokens.open('invite').map(({ id, expiresAt, details: { email, admin, plan } }) => ({
        ...{ id, admin, expiresAt },
        ...(email !== undefined && { email }),
        ...(plan !== undefined && { plan }),
      }));
    },
    async revokeInvitation(id) {
      if (!oneTimeTokens.revoke(id)) throw new Failure('accountMissing', { account: 'for this invitation' });
    },
    async firstAdminLink() {
      if (accounts.otherAdmins('') > 0) return undefined;
      database.write(() => oneTimeTokens.forget(localOwner));
      return invitation({ admin: true, id: localOwner });
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

const shown = ({ password: _secret, ...account }: StoredAccount): Account => account;

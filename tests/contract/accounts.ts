import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { archivingPlans } from '../../functions/core/plans.ts';
import { accountMembers } from '../../functions/identity/account-members.ts';
import type { Account, Accounts } from '../../functions/ports/identity.ts';
import type { People } from '../../functions/ports/people.ts';

export interface AccountsUnderTest extends AsyncDisposable {
  accounts: Accounts;
  people: People;
  /** An account whose owner has signed in once. */
  join(email: string): Promise<void>;
}

/** Every promise of ports/identity's `Accounts`. `open` gives nobody. */
export const accountsContract = (adapter: string, open: () => Promise<AccountsUnderTest>) =>
  describe(`Accounts on ${adapter}`, () => {
    let world: AccountsUnderTest;
    let accounts: Accounts;
    beforeEach(async () => {
      world = await open();
      ({ accounts } = world);
    });
    afterEach(async () => {
      await world[Symbol.asyncDispose]();
    });

    /** Ada, the administrator, and Bob. */
    async function populate(): Promise<{ ada: Account; bob: Account }> {
      await world.join('ada@example.org');
      await world.join('bob@example.org');
      await accounts.setAdmin('ada@example.org', true);
      return { ada: await accounts.find('ada@example.org'), bob: await accounts.find('bob@example.org') };
    }

    it('has no account at first', async () => {
      expect(await accounts.list()).toEqual([]);
    });

    it('finds an account by its id and by its address, however that is written', async () => {
      const { ada, bob } = await populate();
      expect(ada).toMatchObject({ email: 'ada@example.org', state: 'active', admin: true });
      expect(bob).toMatchObject({ email: 'bob@example.org', state: 'active', admin: false });
      expect(bob).not.toHaveProperty('plan');
      expect(Math.abs(bob.createdAt - Date.now())).toBeLessThan(60_000);
      expect(await accounts.find(ada.id)).toEqual(ada);
      expect(await accounts.find(' Ada@Example.ORG')).toEqual(ada);
      expect(ada.id).not.toBe(bob.id);
    });

    it('lists everybody with their rights', async () => {
      const { ada } = await populate();
      await accounts.setPlan('bob@example.org', 'large');
      const bob = await accounts.find('bob@example.org');
      expect(bob).toMatchObject({ plan: 'large' });
      expect(await accounts.list()).toEqual(
        [ada, bob].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1)),
      );
    });

    it('changes plans, and takes them away', async () => {
      const { bob } = await populate();
      await accounts.setPlan(bob.id, 'large');
      await accounts.setPlan(bob.id, 'larger-2');
      expect(await accounts.find(bob.id)).toMatchObject({ plan: 'larger-2', admin: false });
      await accounts.setAdmin(bob.id, true);
      expect(await accounts.find(bob.id)).toMatchObject({ plan: 'larger-2', admin: true });
      await accounts.setPlan(bob.id, undefined);
      expect(await accounts.find(bob.id)).toEqual({ ...bob, admin: true });
      await expect(accounts.setPlan(bob.id, 'No plan!')).rejects.toMatchObject({ code: 'accountInvalid' });
    });

    it('tells the plan of an owner as it is now, and the default for who is gone', async () => {
      const { bob } = await populate();
      const members = accountMembers(accounts, archivingPlans);
      expect(await members.planOf(bob.id)).toBe(archivingPlans.standard);
      await accounts.setPlan('bob@example.org', 'free');
      expect(await members.planOf(bob.id)).toBe(archivingPlans.free);
      await accounts.setPlan(bob.id, 'premium');
      expect(await members.planOf(bob.id)).toBe(archivingPlans.premium);
      await accounts.setPlan(bob.id, 'none-such');
      expect(await members.planOf(bob.id)).toBe(archivingPlans.standard);
      await accounts.remove(bob.id);
      expect(await members.planOf(bob.id)).toBe(archivingPlans.standard);
    });

    it('disables and enables', async () => {
      const { bob } = await populate();
      await accounts.disable(bob.id);
      expect(await accounts.find(bob.id)).toMatchObject({ state: 'disabled' });
      await accounts.enable('bob@example.org');
      expect(await accounts.find(bob.id)).toEqual(bob);
    });

    it('removes', async () => {
      const { ada, bob } = await populate();
      await accounts.remove('bob@example.org');
      expect(await accounts.list()).toEqual([ada]);
      await world.join('bob@example.org');
      expect((await accounts.find('bob@example.org')).id).not.toBe(bob.id);
    });

    it('keeps one administrator who can sign in', async () => {
      const { ada, bob } = await populate();
      const last = { code: 'accountLastAdmin' };
      await expect(accounts.disable(ada.id)).rejects.toMatchObject(last);
      await expect(accounts.remove(ada.id)).rejects.toMatchObject(last);
      await expect(accounts.setAdmin(ada.id, false)).rejects.toMatchObject(last);
      await accounts.setAdmin(bob.id, true);
      await accounts.disable(bob.id); // one of two
      await expect(accounts.setAdmin(ada.id, false)).rejects.toMatchObject(last);
      await accounts.enable(bob.id);
      await accounts.setAdmin(ada.id, false);
      expect(await accounts.find(ada.id)).toEqual({ ...ada, admin: false });
    });

    it('names an account that is not there', async () => {
      await populate();
      const changes = [
        () => accounts.find('eve@example.org'),
        () => accounts.find('none'),
        () => accounts.enable('none'),
        () => accounts.disable('none'),
        () => accounts.remove('none'),
        () => accounts.setAdmin('none', true),
        () => accounts.setPlan('none', 'large'),
        () => accounts.resetLink('none'),
      ];
      for (const change of changes) await expect(change()).rejects.toMatchObject({ code: 'accountMissing' });
    });

    it('invites an address, again while it was not accepted, and not afterwards', async () => {
      await populate();
      const who = { email: 'eve@example.org', plan: 'large' };
      for (let n = 0; n < 2; n++) {
        const way = await accounts.invite(who);
        if ('url' in way) expect(way.expiresAt).toBeGreaterThan(Date.now());
        else expect(way).toEqual({ mailedTo: 'eve@example.org' });
      }
      await expect(accounts.invite({ email: 'BOB@example.org' })).rejects.toMatchObject({ code: 'accountExists' });
      await expect(accounts.invite({ email: 'no address' })).rejects.toMatchObject({ code: 'accountInvalid' });
      await expect(accounts.invite({ ...who, plan: 'No plan!' })).rejects.toMatchObject({ code: 'accountInvalid' });
    });

    it('finds people who may sign in, by id and by address, and nobody else', async () => {
      const { bob } = await populate();
      const { people } = world;
      const person = { id: bob.id, email: 'bob@example.org' };
      expect(await people.find(bob.id)).toEqual(person);
      expect(await people.find(' Bob@Example.org')).toEqual(person);
      expect(await people.find('eve@example.org')).toBeUndefined();
      await accounts.disable(bob.id);
      expect(await people.find(bob.id)).toBeUndefined();
      await accounts.enable(bob.id);
      expect(await people.find(bob.id)).toEqual(person);
      await accounts.remove(bob.id);
      expect(await people.find(bob.id)).toBeUndefined();
    });

    it('gives a way to a new password', async () => {
      const { bob } = await populate();
      const way = await accounts.resetLink('bob@example.org');
      if ('url' in way) expect(way.expiresAt).toBeGreaterThan(Date.now());
      else expect(way).toEqual({ mailedTo: bob.email });
      expect(await accounts.find(bob.id)).toMatchObject({ id: bob.id, state: 'active' });
    });
  });

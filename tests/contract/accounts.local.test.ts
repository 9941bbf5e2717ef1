import { randomUUID } from 'node:crypto';
import { localAccounts } from '../../functions/adapters/local/issuer/accounts.ts';
import { openIssuerContext } from '../../functions/adapters/local/issuer/issuer-context.ts';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import { activePeople } from '../../functions/identity/active-people.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { accountsContract } from './accounts.ts';

accountsContract('this machine', async () => {
  const folder = await temporaryFolder();
  const database = openIssuerDatabase(folder.path);
  const context = openIssuerContext(database, systemClock);
  const accounts = localAccounts(context, 'https://lab.example/auth');
  return {
    accounts,
    people: activePeople(accounts),
    async join(email) {
      const account = { id: randomUUID(), email, password: 'none', state: 'active' as const, admin: false };
      database.write(() => context.accounts.insert({ ...account, createdAt: Date.now() }));
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});

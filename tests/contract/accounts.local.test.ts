import { randomUUID } from 'node:crypto';
import { localAccounts } from '../../functions/adapters/local/issuer/accounts.ts';
import { openIssuerContext } from '../../functions/adapters/local/issuer/issuer-context.ts';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { accountsContract } from './accounts.ts';

accountsContract('this machine', async () => {
  const folder = await temporaryFolder();
  const database = openIssuerDatabase(folder.path);
  const context = openIssuerContext(database, systemClock);
  return {
    accounts: localAccounts(context, 'https://lab.example/auth'),
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

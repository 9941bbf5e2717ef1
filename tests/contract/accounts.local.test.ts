import { randomUUID } from 'node:crypto';
import { localAccounts } from '../../functions/adapters/local/issuer/accounts.ts';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import { openSessionContext } from '../../functions/adapters/local/issuer/session-context.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { accountsContract } from './accounts.ts';

accountsContract('this machine', async () => {
  const folder = await temporaryFolder();
  const database = openIssuerDatabase(folder.path);
  const desk = openSessionContext(database, systemClock);
  return {
    accounts: localAccounts(desk, 'https://lab.example/auth'),
    async join(email) {
      const account = { id: randomUUID(), email, password: 'none', state: 'active' as const, admin: false };
      database.write(() => desk.accounts.insert({ ...account, createdAt: Date.now() }));
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});

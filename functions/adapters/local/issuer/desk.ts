import type { Clock } from '../../../ports/clock.ts';
import type { LocalDatabase } from '../database.ts';
import { accountTable } from './account-table.ts';
import { artifactStore } from './artifacts.ts';
import { fullCost, passwordHashing, type ScryptCost } from './password.ts';
import { openThrottle } from './throttle.ts';
import { openTickets } from './tickets.ts';

/** What every part of the issuer works with, over one database. */
export function openDesk(database: LocalDatabase, clock: Clock, cost: ScryptCost = fullCost) {
  const getMode = database.sql.prepare("SELECT value FROM settings WHERE name = 'mode'");
  const setMode = database.sql.prepare("INSERT OR REPLACE INTO settings (name, value) VALUES ('mode', ?)");
  return {
    /** Notes how the service is run, and says whether it was run otherwise before. */
    modeChanged: (mode: 'users' | 'one person'): boolean =>
      database.write(() => {
        const before = (getMode.get() as { value: string } | undefined)?.value ?? mode;
        setMode.run(mode);
        return before !== mode;
      }),
    database,
    clock,
    accounts: accountTable(database),
    artifacts: artifactStore(database, clock),
    passwords: passwordHashing(cost),
    throttle: openThrottle(database, clock),
    tickets: openTickets(database, clock),
  };
}

export type Desk = ReturnType<typeof openDesk>;

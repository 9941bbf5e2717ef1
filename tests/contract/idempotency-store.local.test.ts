import { describe, expect, it } from '@jest/globals';
import { localIdempotencyStore } from '../../functions/adapters/local/idempotency-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { manualClock } from '../support/manual-clock.ts';
import { idempotencyStoreContract } from './idempotency-store.ts';

function openWorld() {
  const database = openLocalDatabase(':memory:');
  const clock = manualClock();
  return {
    database,
    answers: localIdempotencyStore(database, clock),
    pass: (seconds: number) => clock.advance(seconds),
    close: () => database[Symbol.dispose](),
  };
}

idempotencyStoreContract('this machine', async () => openWorld());

describe('answers kept on this machine', () => {
  it('do not pile up: new ones take the room of old ones', async () => {
    const { database, answers, pass, close } = openWorld();
    for (let i = 0; i < 100; i++) {
      await answers.claim('olga', `k${i}`, 'r', 60);
      await answers.keep('olga', `k${i}`, { status: 200, body: '{}' }, 3600);
    }
    pass(3601);
    for (let i = 0; i < 10; i++) await answers.claim('olga', `new${i}`, 'r', 60);
    expect(database.sql.prepare('SELECT count(*) AS n FROM answers').get()).toEqual({ n: 10 });
    close();
  });
});

import { expect, it } from '@jest/globals';
import { knownPeople } from '../../../functions/identity/known-people.ts';
import type { Person } from '../../../functions/ports/people.ts';
import { manualClock } from '../../support/manual-clock.ts';

it('knows whoever was found for a minute, and asks again for whom it did not find', async () => {
  const there = new Map<string, Person>([['olga', { id: 'olga', email: 'olga@lab.example' }]]);
  const asked: string[] = [];
  const clock = manualClock();
  const people = knownPeople(
    {
      async find(account) {
        asked.push(account);
        return there.get(account);
      },
    },
    clock,
  );
  expect(await people.find('olga')).toEqual({ id: 'olga', email: 'olga@lab.example' });
  expect(await people.find('omar')).toBeUndefined();
  there.delete('olga');
  there.set('omar', { id: 'omar', email: 'omar@lab.example' });
  expect((await people.find('olga'))?.id).toBe('olga');
  expect((await people.find('omar'))?.id).toBe('omar');
  clock.advance(61);
  expect(await people.find('olga')).toBeUndefined();
  expect(asked).toEqual(['olga', 'omar', 'omar', 'olga']);
});

import type { Clock } from '../ports/clock.ts';
import type { People, Person } from '../ports/people.ts';

const longestMs = 60_000;
const maxKnown = 1000;

/**
 * Whoever was found counts as there for a minute more: each look at a shared job asks for its owner. Who was not found
 * is asked for again.
 */
export function knownPeople(people: People, clock: Clock): People {
  const known = new Map<string, { person: Person; until: number }>();
  return {
    async find(account) {
      const before = known.get(account);
      if (before !== undefined && before.until > clock.now()) return before.person;
      known.delete(account);
      const person = await people.find(account);
      if (person === undefined) return undefined;
      if (known.size >= maxKnown) known.clear();
      known.set(account, { person, until: clock.now() + longestMs });
      return person;
    },
  };
}

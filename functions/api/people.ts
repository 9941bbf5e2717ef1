import { personParams } from '../contract/people.ts';
import { Problem } from '../contract/problems.ts';
import { exportPerson, forgetPerson } from '../people/owner-store.ts';
import { ownerStores } from '../people/owner-stores.ts';
import { checked, type Handlers } from './request.ts';
import type { ApiServices } from './services.ts';

/** What the service keeps of a person: shown to them, and forgotten once they have no account any more. */
export function peopleHandlers(services: ApiServices): Pick<Handlers, 'exportMe' | 'forgetPerson'> {
  const { ports, accounts, planChanges, sharing, signed, usage, answers, teaching } = services;
  const { jobs, objects, clock, models, figures, people } = ports;
  const stores = ownerStores({
    ...{ jobs, objects, clock, signed, usage, answers },
    ...(models !== undefined && { models }),
    ...(figures !== undefined && { figures }),
    ...(teaching !== undefined && { teaching }),
    ...(people !== undefined && { pictures: people.pictures }),
    ...(sharing !== undefined && { shares: sharing.shares }),
    ...(planChanges?.requests !== undefined && { planRequests: planChanges.requests }),
    ...(accounts !== undefined && { accounts }),
  });

  return {
    exportMe: ({ who, query }) => exportPerson(stores, who.owner, query.cursor),

    async forgetPerson({ who, params }) {
      const { person } = checked(personParams, params, 'path'); // it becomes a folder of objects
      const known = (await accounts?.list()) ?? [];
      if (person === who.owner || known.some(({ id }) => id === person)) throw new Problem('personPresent', {});
      return forgetPerson(stores, person);
    },
  };
}

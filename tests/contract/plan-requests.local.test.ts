import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { LocalDatabase } from '../../functions/adapters/local/database.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localPlanRequests } from '../../functions/adapters/local/plan-requests.ts';
import type { PlanRequests } from '../../functions/ports/plan-requests.ts';

describe('PlanRequests on this machine', () => {
  let database: LocalDatabase;
  let requests: PlanRequests;
  beforeEach(() => {
    database = openLocalDatabase(':memory:');
    requests = localPlanRequests(database);
  });
  afterEach(() => database[Symbol.dispose]());
  const ada = { person: 'ada', plan: 'premium', askedAt: 2000 };
  const bob = { person: 'bob', plan: 'large', askedAt: 1000 };

  it('keeps one request a person, the oldest first', async () => {
    await requests.ask({ ...ada, plan: 'large', askedAt: 1 });
    await requests.ask(bob);
    await requests.ask(ada);
    expect(await requests.list()).toEqual([bob, ada]);
    expect(await requests.find('ada')).toEqual(ada);
    expect(await requests.find('eve')).toBeUndefined();
  });

  it('removes a request, with a plan only one for that plan', async () => {
    for (const request of [ada, bob]) await requests.ask(request);
    await requests.remove('ada', 'large');
    expect(await requests.find('ada')).toEqual(ada);
    await requests.remove('ada', 'premium');
    await requests.remove('bob');
    await requests.remove('bob');
    expect(await requests.list()).toEqual([]);
  });
});

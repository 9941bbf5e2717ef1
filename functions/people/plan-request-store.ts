import type { PlanRequests } from '../ports/plan-requests.ts';
import type { OwnerStore } from './owner-store.ts';

/** The plan that a person asks for, times for people. */
export const planRequestStore = (requests: PlanRequests): OwnerStore => ({
  name: 'planRequests',
  async export(person) {
    const request = await requests.find(person);
    return {
      items: request === undefined ? [] : [{ plan: request.plan, askedAt: new Date(request.askedAt).toISOString() }],
    };
  },
  async forget(person) {
    await requests.remove(person);
    return { forgotten: 0, done: true };
  },
});

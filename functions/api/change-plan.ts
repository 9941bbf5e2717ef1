import { Problem } from '../contract/problems.ts';
import type { Plans } from '../core/plans.ts';
import type { ApiServices } from './services.ts';

/** Throws the problem `planMissing`: a plan that is not there would count as none. */
export function assertPlan(plan: string, plans: Plans): void {
  if (!Object.hasOwn(plans, plan))
    throw new Problem('planMissing', { name: plan, plans: Object.keys(plans).join(', ') });
}

/**
 * Gives a person of the lab a plan, and has what was archived of them come back where that plan does not archive. The plan is
 * written first: whatever archives a job now reads it after its mark.
 * Throws `accountMissing`.
 */
export async function changePlan(
  person: string,
  plan: string,
  { planChanges, plans, ports: { queue, archiving } }: Pick<ApiServices, 'planChanges' | 'plans' | 'ports'>,
): Promise<void> {
  if (planChanges === undefined) throw new Error('this service changes no plans');
  const { accounts, requests } = planChanges;
  await accounts.setPlan(person, plan);
  if (archiving === true && plans[plan]?.archiveAfterSeconds === undefined)
    await queue.send('cold', [{ kind: 'restoreAll', owner: person }]);
  await requests?.remove(person, plan); // last: a change that was cut off stays in the list, to be granted once more
}

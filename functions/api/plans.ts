import type { MyPlan, PlanRequestList } from '../contract/plans.ts';
import { planRequestParams } from '../contract/plans.ts';
import { Problem } from '../contract/problems.ts';
import { type Plan, planOf } from '../core/plans.ts';
import { countAway } from '../jobs/count-away.ts';
import { assertPlan, changePlan } from './change-plan.ts';
import { checked, type Handlers } from './request.ts';
import type { ApiServices, PlanChanges } from './services.ts';
import { iso } from './views.ts';

/** Numbers of one plan, as people see them. */
export const planView = ({ rate: _, archiveAfterSeconds, archiveDays, restoreTier, ...limits }: Plan) => ({
  limits,
  ...(archiveAfterSeconds !== undefined && {
    archive: {
      ...{ afterSeconds: archiveAfterSeconds, restores: restoreTier !== undefined },
      ...(archiveDays !== undefined && { days: archiveDays }),
    },
  }),
});

type PlanHandlers = Pick<Handlers, 'showPlan' | 'changePlan' | 'listPlanRequests' | 'grantPlan' | 'declinePlan'>;

/** Another plan for oneself, and what people ask administrators for. */
export function planHandlers(services: ApiServices): PlanHandlers {
  const { ports, plans } = services;

  const changes = (): Required<Pick<PlanChanges, 'accounts' | 'requests'>> & { upgrades: 'ask' | 'self' } => {
    const { accounts, requests, upgrades = 'off' } = services.planChanges ?? {};
    if (accounts === undefined || requests === undefined || upgrades === 'off') throw new Problem('upgradesOff', {});
    return { accounts, requests, upgrades };
  };

  const myPlan = async (owner: string): Promise<MyPlan> => {
    const { accounts, requests, upgrades } = changes();
    const [account, request, away] = await Promise.all([
      accounts.find(owner),
      requests.find(owner),
      countAway(ports.jobs, owner),
    ]);
    const { name } = planOf(plans, account.plan);
    return {
      ...{ plan: name, upgrades, away },
      plans: Object.entries(plans).map(([each, plan]) => ({ name: each, ...planView(plan) })),
      ...(request !== undefined &&
        request.plan !== name && { requested: { plan: request.plan, askedAt: iso(request.askedAt) } }),
    };
  };

  return {
    async showPlan({ who }) {
      return myPlan(who.owner);
    },

    async changePlan({ who: { owner }, body: { plan } }) {
      const { accounts, requests, upgrades } = changes();
      assertPlan(plan, plans);
      const isWithdrawn = upgrades === 'ask' && planOf(plans, (await accounts.find(owner)).plan).name === plan;
      if (isWithdrawn) await requests.remove(owner);
      else await requests.ask({ person: owner, plan, askedAt: ports.clock.now() });
      if (upgrades === 'self') await changePlan(owner, plan, services); // the request is there until it is through
      return myPlan(owner);
    },

    async listPlanRequests() {
      const { requests } = changes();
      const accounts = new Map(((await services.accounts?.list()) ?? []).map((account) => [account.id, account]));
      const items: PlanRequestList['items'] = [];
      for (const { person, plan, askedAt } of await requests.list()) {
        const account = accounts.get(person);
        if (account === undefined) continue; // removed; users forget takes the request too
        const { email, name } = account;
        const has = planOf(plans, account.plan).name;
        items.push({ ...{ person, email, plan, has, askedAt: iso(askedAt) }, ...(name !== undefined && { name }) });
      }
      return { items };
    },

    async grantPlan({ params, body: { plan } }) {
      const { requests } = changes();
      const { person } = checked(planRequestParams, params, 'path');
      const isAsked = (await requests.find(person))?.plan === plan && Object.hasOwn(plans, plan);
      if (!isAsked) throw new Problem('planRequestMissing', { person });
      await changePlan(person, plan, services);
      return undefined;
    },

    async declinePlan({ params }) {
      const { requests } = changes();
      await requests.remove(checked(planRequestParams, params, 'path').person);
      return undefined;
    },
  };
}

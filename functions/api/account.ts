import { apiLimits, usualTransfer } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { dayEnd, dayOf } from '../core/plans.ts';
import { planView } from './plans.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';

/** Who asks, what there is, and is it alive. */
export function accountHandlers({
  ports: { jobs, clock, figures },
  usage,
  config,
  links,
  sharing,
  pictures,
  planChanges,
  teaching,
  transfer: { singlePutBytes } = usualTransfer,
}: ApiServices): Pick<Handlers, 'showMe' | 'showConfig' | 'showHealth'> {
  const { filesPerCall, partsPerCall, filesPage, jobsPage } = apiLimits;
  return {
    async showMe({ who: { caller, owner, planName, plan } }) {
      const now = clock.now();
      const used = await usage.of(owner, dayOf(now));
      return {
        sub: caller.sub,
        ...(caller.email !== undefined && { email: caller.email }),
        ...(caller.name !== undefined && { name: caller.name }),
        plan: planName,
        admin: caller.admin,
        usage: {
          jobsAtOnce: await jobs.running(owner),
          jobsToday: used.jobs,
          bytesToday: used.bytes,
          resetsAt: new Date(dayEnd(now)).toISOString(),
        },
        ...planView(plan),
      };
    },
    showConfig: async () => ({
      ...config,
      publicLinks: links !== undefined,
      sharing: sharing !== undefined,
      gallery: pictures !== undefined ? 'people' : figures === undefined ? 'off' : 'figures',
      ...(teaching !== undefined && { teaching: true as const }),
      ...(teaching?.kinds !== undefined && { teachingKinds: [...teaching.kinds] }),
      ...(planChanges !== undefined && planChanges.upgrades !== 'off' && { upgrades: planChanges.upgrades }),
      limits: { filesPerCall, partsPerCall, singlePutBytes, filesPage, jobsPage },
    }),
    async showHealth() {
      try {
        await jobs.running('healthz');
      } catch (error) {
        throw new Problem('unavailable', {}, { cause: error });
      }
      return { status: 'ok', version: config.version };
    },
  };
}

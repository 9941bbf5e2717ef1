import { accountId, region } from '../clients.ts';
import { accountCall } from './account-rest.ts';
import type { Invocation } from './deployed-function.ts';
import type { ScheduleArgs } from './schedule.ts';

/** What a service tells EventBridge. */
export interface ServiceEvent {
  source: string;
  'detail-type': string;
  detail: Record<string, unknown>;
}

interface Rule {
  Name: string;
  Arn: string;
  State: string;
  EventPattern?: string;
}

type Pattern = { [field: string]: Pattern | (string | { prefix: string })[] };

/** Fires every enabled rule whose pattern an event has, with the rights that its target gives it, and waits for what it started. */
export async function fireRules(
  event: ServiceEvent,
  { motoUrl, authoriser, invoke }: ScheduleArgs,
): Promise<Invocation[]> {
  const ask = <T>(operation: string, call: object) => accountCall<T>(motoUrl, 'events', `AWSEvents.${operation}`, call);
  const { Rules } = await ask<{ Rules: Rule[] }>('ListRules', {});
  const fired: Invocation[] = [];
  for (const { Name, Arn, State, EventPattern } of Rules) {
    if (State !== 'ENABLED' || EventPattern === undefined || !matches(JSON.parse(EventPattern) as Pattern, event))
      continue;
    const { Targets } = await ask<{ Targets: { Arn: string }[] }>('ListTargetsByRule', { Rule: Name });
    for (const target of Targets) {
      const { allowed, reason } = await authoriser.judge('events.amazonaws.com', {
        ...{ action: 'lambda:InvokeFunction', resource: target.Arn },
        context: { 'aws:SourceArn': Arn, 'aws:SourceAccount': accountId },
      });
      if (!allowed) throw new Error(`${Name} may not start ${target.Arn}: ${reason}`);
      fired.push(await invoke(target.Arn, { version: '0', account: accountId, region, ...event }));
    }
  }
  return fired;
}

/** Whether an event has what a pattern asks for. Source: EventBridge user guide, event patterns; of its filters `prefix` alone. */
function matches(pattern: Pattern, event: object): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value: unknown = Reflect.get(event, field);
    if (!Array.isArray(wanted)) return typeof value === 'object' && value !== null && matches(wanted, value);
    return wanted.some((each) => (typeof each === 'string' ? value === each : String(value).startsWith(each.prefix)));
  });
}

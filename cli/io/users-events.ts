import type { ArchivedOf, ArchivedOfLab } from '../../client/archived.ts';
import type { LabView } from '../../functions/contract/lab.ts';
import type { PlanRequestList } from '../../functions/contract/plans.ts';
import type { Account } from '../../functions/ports/identity.ts';
import { usd } from './cost-events.ts';
import { event } from './event.ts';
import { count, formatBytes, table } from './format.ts';

/** An account as `--json` shows it: times in UTC, as ISO 8601. */
export type AccountShown = Omit<Account, 'createdAt' | 'lastSignInAt'> & { createdAt: string; lastSignInAt?: string };

function archiveLines({ people: archived, prices, ...all }: ArchivedOfLab, people: LabView['people']): string[] {
  const emails = new Map(people.map(({ id, email }) => [id, email]));
  const row = (who: string, { jobs, bytes, cost }: ArchivedOf) => [
    ...[who, String(jobs), formatBytes(bytes)],
    ...(cost === undefined ? [] : [cost.month, cost.liveMonth, cost.restore, cost.slowRestore].map(usd)),
  ];
  const money = prices === undefined ? [] : ['a month', 'a month, not archived', 'to bring back', 'slowly'];
  return [
    ...[
      '',
      ...table([
        ['archived', 'jobs', 'size', ...money],
        row('together', all),
        ...archived.map((each) => row(emails.get(each.id) ?? each.id, each)),
      ]),
    ],
    ...(prices === undefined
      ? []
      : [`by list prices of ${prices.of} on ${prices.date}, without tax; AWS bills 90 days of all that was archived`]),
  ];
}

/** What is said of the people of a service. `service`: a data folder, or the name of a stack. */
export const usersEvents = {
  'users.listed': event<{ service: string; users: AccountShown[] }>('result', (d) =>
    d.users.length === 0
      ? `there is no account on ${d.service}`
      : table([
          ['address', 'state', 'plan', 'since', 'id'],
          ...d.users.map(({ email, admin, state, plan, createdAt, id }) => [
            email,
            admin ? `${state}, administrator` : state,
            plan ?? 'default',
            createdAt.slice(0, 10),
            id,
          ]),
        ]).join('\n'),
  ),
  'users.usage': event<{ lab: LabView; archive?: ArchivedOfLab }>(
    'result',
    ({ lab: { month, people, storage }, archive }) =>
      [
        ...table([
          [month, 'state', 'plan', 'jobs', 'files', 'sent'],
          ...people.map(({ id, email, state, plan, usage }) => [
            email ?? id,
            state,
            plan,
            String(usage.jobs),
            String(usage.files),
            formatBytes(usage.bytes),
          ]),
        ]),
        ...(storage === undefined
          ? []
          : [`disk: ${formatBytes(storage.used)} kept, ${formatBytes(storage.free)} free`]),
        ...(archive === undefined ? [] : archiveLines(archive, people)),
      ].join('\n'),
  ),
  'users.requests': event<{ service: string; requests: PlanRequestList['items'] }>('result', (d) =>
    d.requests.length === 0
      ? `there are no requests for another plan on ${d.service}`
      : table([
          ['address', 'has', 'asks for', 'since'],
          ...d.requests.map(({ email, has, plan, askedAt }) => [email, has, plan, askedAt.slice(0, 10)]),
        ]).join('\n'),
  ),
  'users.invited': event<{ service: string; email?: string; url?: string; expiresAt?: string; mailedTo?: string }>(
    'result',
    (d) =>
      d.url === undefined
        ? `${d.mailedTo} has mail with the way in`
        : `${d.url}\ngood for ${d.email ?? 'one account'} until ${d.expiresAt}`,
  ),
  'users.linked': event<{ service: string; email: string; institution: string }>(
    'result',
    (d) => `${d.email} can sign in to ${d.service} with ${d.institution}; no mail was sent`,
  ),
  'users.removed': event<{ service: string; email: string }>(
    'result',
    (d) => `${d.email} is removed from ${d.service}`,
  ),
  'users.forgetting': event<{ service: string; id: string }>(
    'info',
    (d) => `${d.id} has no account on ${d.service}; if this stops, go on with: labdeploy users forget ${d.id}`,
  ),
  'users.forgotten': event<{ service: string; id: string; jobs: number; objects: number }>(
    'result',
    (d) => `${d.id} is forgotten on ${d.service}, with ${count(d.jobs, 'job')}`,
  ),
  'users.exported': event<{ service: string; file: string; counts: Record<string, number> }>(
    'result',
    (d) =>
      `wrote ${d.file}: ${Object.entries(d.counts)
        .map(([store, n]) => `${store} ${n}`)
        .join(', ')}`,
  ),
  'users.changed': event<{ service: string; user: AccountShown; restored?: number }>('result', (d) =>
    [
      `${d.user.email} has the plan ${d.user.plan ?? "that is the service's default"}`,
      ...(d.restored === undefined || d.restored === 0
        ? []
        : [`${count(d.restored, 'job')} archived: what the plan does not archive comes back`]),
    ].join('\n'),
  ),
};

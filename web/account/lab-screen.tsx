import { Button } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LabView } from '../../functions/contract/lab.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { loadedPages } from '../api/loaded-pages.ts';
import { keys } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Meter } from '../components/meter.tsx';
import { Show } from '../components/show.tsx';
import { inBytes, inMonth, inTime } from '../format.ts';
import { strings } from '../strings.ts';
import { ArchiveCard } from './archive-card.tsx';
import { ForgetPerson } from './forget-person.tsx';
import { PlanRequests } from './plan-requests.tsx';

type Person = LabView['people'][number];

/** What an administrator wants to know of the lab: who is in, who uses how much, and whether the disk is full. */
export function LabScreen({ forget }: { forget?: string | undefined }) {
  const { call, config } = useService();
  const lab = loaded(useQuery({ queryKey: keys.lab, queryFn: ({ signal }) => call('showLab', { signal }) }));
  // The pages of the issuer that belongs to this service; another issuer has its own.
  const own = config.signIn === 'accounts' && new URL(config.issuer).origin === location.origin;
  return (
    <>
      <ScreenHeading>{strings.lab}</ScreenHeading>
      <Show what={lab}>
        {({ month, people, storage }) => (
          <>
            {storage !== undefined && <Disk storage={storage} />}
            {forget !== undefined && <ForgetPerson key={forget} person={forget} asks />}
            {config.upgrades !== undefined && <PlanRequests />}
            <ArchiveCard people={people} />
            <h2>{strings.usageOf(inMonth(month))}</h2>
            {config.signIn === 'accounts' && <p className="soft">{own ? strings.labHint : strings.labHintCloud}</p>}
            {own && (
              <p>
                <a href={`${config.issuer}/admin`}>{strings.managePeople}</a>
              </p>
            )}
            <ul className="jobs shared">
              {people.map((person) => (
                <PersonRow key={person.id} person={person} />
              ))}
            </ul>
          </>
        )}
      </Show>
    </>
  );
}

function Disk({ storage: { used, reserved, free, budget } }: { storage: NonNullable<LabView['storage']> }) {
  const whole = Math.min(budget ?? Number.POSITIVE_INFINITY, used + free);
  return (
    <>
      <h2>{strings.disk}</h2>
      <Meter
        label={strings.diskUsed}
        value={whole === 0 ? 1 : (used + reserved) / whole}
        text={strings.usedOf(inBytes(used), inBytes(whole))}
      />
      {reserved > 0 && <p className="soft">{strings.diskReserved(inBytes(reserved))}</p>}
    </>
  );
}

function PersonRow({ person }: { person: Person }) {
  const { admin, email, id, lastSignInAt, name, plan, state, usage } = person;
  const [open, setOpen] = useState(false);
  const who = email ?? id;
  const facts = [
    ...(admin ? [strings.administrator] : []),
    strings.plan(plan),
    ...(lastSignInAt === undefined ? [] : [strings.lastSignIn(inTime(lastSignInAt))]),
  ];
  return (
    <li>
      <span className="job-name">{name === undefined ? who : `${name} (${who})`}</span>
      <span className="badges">
        {state !== 'active' && <span className="badge ended">{strings.accountStates[state]}</span>}
      </span>
      <span className="soft">
        {strings.monthUse(usage.jobs, usage.files, usage.bytes)} · {facts.join(' · ')}
      </span>
      {state === 'removed' && <ForgetPerson person={id} />}
      <details className="person-jobs" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{strings.jobsOf(who)}</summary>
        {open && <PersonJobs owner={id} />}
      </details>
    </li>
  );
}

/** Names, states and sizes: what is in a job is seen by whom it is shared with. */
function PersonJobs({ owner }: { owner: string }) {
  const { call } = useService();
  const { items, more } = loadedPages(
    useInfiniteQuery({
      queryKey: ['lab', 'jobs', owner],
      queryFn: ({ signal, pageParam }) => call('listLabJobs', { query: { owner, cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
    }),
  );
  return (
    <>
      <Show what={items}>
        {(jobs) =>
          jobs.length === 0 ? (
            <p className="soft">{strings.noJobsOf}</p>
          ) : (
            <ul className="plain">
              {jobs.map((job) => (
                <li key={job.id}>
                  {job.name}{' '}
                  <span className="soft">
                    {strings.states[job.state]} · {strings.imagesAndSize(job.files, job.bytes)} ·{' '}
                    {inTime(job.createdAt)}
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Show>
      {more !== undefined && (
        <Button variant="default" size="compact-sm" onClick={more}>
          {strings.olderJobs}
        </Button>
      )}
    </>
  );
}

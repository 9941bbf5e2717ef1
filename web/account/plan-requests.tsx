import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { PlanRequestList } from '../../functions/contract/plans.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { keys } from '../api/queries.ts';
import { Show, Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';

type PlanRequest = PlanRequestList['items'][number];

/** What people ask of administrators. Only where they can. */
export function PlanRequests() {
  const { call } = useService();
  const requests = loaded(
    useQuery({ queryKey: keys.planRequests, queryFn: ({ signal }) => call('listPlanRequests', { signal }) }),
  );
  return (
    <>
      <h2>{strings.planRequests}</h2>
      <Show what={requests}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{strings.noPlanRequests}</p>
          ) : (
            <ul className="jobs shared">
              {items.map((request) => (
                <RequestRow key={request.person} request={request} />
              ))}
            </ul>
          )
        }
      </Show>
    </>
  );
}

function RequestRow({ request: { person, email, name, has, plan, askedAt } }: { request: PlanRequest }) {
  const { call } = useService();
  const client = useQueryClient();
  const answer = useMutation({
    mutationFn: (grant: boolean) =>
      grant ? call('grantPlan', { params: { person }, body: { plan } }) : call('declinePlan', { params: { person } }),
    onSettled: () =>
      Promise.all([keys.planRequests, keys.lab].map((queryKey) => client.invalidateQueries({ queryKey }))),
  });
  return (
    <li>
      <span className="job-name">{name === undefined ? email : `${name} (${email})`}</span>
      <span className="soft">{strings.planRequest(has, plan, inTime(askedAt))}</span>
      {answer.error !== null && <Trouble title={strings.planNotChanged} error={answer.error} />}
      <span className="row">
        <Button
          size="compact-sm"
          aria-label={strings.planGrantTo(plan, email)}
          loading={answer.isPending}
          onClick={() => answer.mutate(true)}
        >
          {strings.planGrant}
        </Button>
        <Button
          variant="default"
          size="compact-sm"
          aria-label={strings.planDeclineOf(plan, email)}
          disabled={answer.isPending}
          onClick={() => answer.mutate(false)}
        >
          {strings.planDecline}
        </Button>
      </span>
    </li>
  );
}

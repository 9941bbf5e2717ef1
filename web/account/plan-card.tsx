import { Button, NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { MyPlan } from '../../functions/contract/plans.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { keys } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { inDuration, inNumbers, inTime } from '../format.ts';
import { strings } from '../strings.ts';

/** The plan of whoever is signed in, and how they get another one. Only where the service lets people ask for one, or take it. */
export function PlanCard() {
  const { call } = useService();
  const plan = loaded(useQuery({ queryKey: keys.plan, queryFn: ({ signal }) => call('showPlan', { signal }) }));
  return (
    <>
      <h2>{strings.planTitle}</h2>
      <Show what={plan}>{(data) => <Chooser key={data.plan} mine={data} />}</Show>
    </>
  );
}

function Chooser({ mine: { plan: has, plans, away, upgrades, requested } }: { mine: MyPlan }) {
  const { call } = useService();
  const client = useQueryClient();
  const others = plans.filter(({ name }) => name !== has);
  const [wanted, setWanted] = useState(requested?.plan ?? others[0]?.name ?? has);
  const change = useMutation({
    mutationFn: (plan: string) => call('changePlan', { body: { plan } }),
    onSuccess: (after) => client.setQueryData(keys.plan, after),
    onSettled: () => client.invalidateQueries({ queryKey: keys.me }),
  });
  const chosen = plans.find(({ name }) => name === wanted);
  const isSelf = upgrades === 'self';
  return (
    <>
      <p>{strings.planNow(has)}</p>
      {change.error !== null && <Trouble title={strings.planNotChanged} error={change.error} />}
      {requested !== undefined && (
        <Notice kind="info" title={strings.planRequested(requested.plan, inTime(requested.askedAt))}>
          <Button variant="default" size="compact-sm" loading={change.isPending} onClick={() => change.mutate(has)}>
            {strings.planWithdraw}
          </Button>
        </Notice>
      )}
      {others.length === 0 && <p className="soft">{strings.noOtherPlan}</p>}
      <form
        className="plan-choice"
        hidden={others.length === 0}
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(wanted);
        }}
      >
        <NativeSelect
          label={strings.planWanted}
          value={wanted}
          data={others.map(({ name }) => name)}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
        {chosen !== undefined && (
          <p className="soft">
            {strings.planLimits(chosen.limits)}.{' '}
            {chosen.archive === undefined
              ? away === 0
                ? strings.planKeeps
                : strings.planBrings(inNumbers(away))
              : strings.planArchivesAfter(inDuration(chosen.archive.afterSeconds * 1000))}
            {chosen.archive?.days !== undefined && ` ${strings.planDeletes(chosen.archive.days)}`}
          </p>
        )}
        <Button type="submit" loading={change.isPending} disabled={requested?.plan === wanted}>
          {isSelf ? strings.planTake : strings.planAsk}
        </Button>
      </form>
      <p className="soft">{isSelf ? strings.planSelfHint : strings.planAskHint}</p>
    </>
  );
}

import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { forgetAll } from '../../client/people.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { TypedQuestion } from '../components/typed-question.tsx';
import { inNumbers } from '../format.ts';
import { strings } from '../strings.ts';

/** Deletes all that a person without an account has left, after the word is typed. `asks`: begins with the question. */
export function ForgetPerson({ person, asks = false }: { person: string; asks?: boolean }) {
  const { call } = useService();
  const client = useQueryClient();
  const [asking, setAsking] = useState(asks);
  const forget = useMutation({
    mutationFn: () => forgetAll(() => call('forgetPerson', { params: { person } })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.lab }),
  });
  if (forget.data !== undefined) {
    const { jobs = 0, objects = 0 } = forget.data;
    return <Notice kind="good" title={strings.forgotten(person, inNumbers(jobs), inNumbers(objects))} />;
  }
  return (
    <>
      {forget.error !== null && <Trouble title={strings.forgetFailed} error={forget.error} />}
      <Button
        variant="default"
        size="compact-sm"
        aria-label={strings.forgetOf(person)}
        loading={forget.isPending}
        onClick={() => setAsking(true)}
      >
        {asks ? strings.forgetOf(person) : strings.forgetPerson}
      </Button>
      {asking && (
        <TypedQuestion
          {...{ title: strings.forgetTitle(person), text: strings.forgetText, wanted: strings.forgetWord }}
          {...{ label: strings.forgetType(strings.forgetWord), confirm: strings.forgetConfirm }}
          cancel={strings.forgetCancel}
          onClose={() => setAsking(false)}
          onConfirm={() => forget.mutate()}
        />
      )}
    </>
  );
}

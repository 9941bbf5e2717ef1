import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { AgreementView } from '../../functions/contract/agreements.ts';
import type { Purpose } from '../../functions/core/pictures/picture.ts';
import { useService } from '../api/context.tsx';
import { Question } from '../components/question.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { peopleKeys, usePictures } from './queries.ts';
import { words } from './words.ts';

interface WithdrawProps {
  agreement: AgreementView;
  /** The one that is shown. */
  text: AgreementView['texts'][number];
  purpose: Purpose;
}

/** Withdraws one purpose, after the user has read what that removes. */
export function WithdrawButton({ agreement: { agreement, version }, text, purpose }: WithdrawProps) {
  const { call } = useService();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const withdraw = useMutation({
    mutationFn: () =>
      call('decideAgreement', {
        body: { agreement, version, sha256: text.sha256, agree: false, purposes: [purpose] },
      }),
    onSettled: () =>
      Promise.all(
        [peopleKeys.agreements, peopleKeys.pictures].map((queryKey) => client.invalidateQueries({ queryKey })),
      ),
  });
  const close = () => setAsking(false);
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={words.withdrawOf(purpose)}
        loading={withdraw.isPending}
        onClick={() => setAsking(true)}
      >
        {words.withdraw}
      </Button>
      {withdraw.error !== null && <Trouble title={words.decideFailed} error={withdraw.error} />}
      {asking && (
        <Question
          title={words.withdrawTitle(purpose)}
          field={<WhatGoes purpose={purpose} />}
          onClose={close}
          onConfirm={() => withdraw.mutate()}
        >
          <Button type="submit" className="danger filled">
            {words.withdrawConfirm}
          </Button>
          <Button variant="default" onClick={close}>
            {words.cancel}
          </Button>
        </Question>
      )}
    </>
  );
}

/** Pictures that are removed with a purpose. */
function WhatGoes({ purpose }: { purpose: Purpose }) {
  const { items, more } = usePictures();
  return (
    <Show what={items}>
      {(pictures) => {
        const going = pictures.filter(({ needs, state }) => needs.includes(purpose) && state !== 'failed');
        return <p>{words.withdrawText(going.length, more !== undefined)}</p>;
      }}
    </Show>
  );
}

import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AgreementView } from '../../functions/contract/agreements.ts';
import type { Purpose } from '../../functions/core/pictures/picture.ts';
import { useService } from '../api/context.tsx';
import { Show } from '../components/show.tsx';
import { AskedButton } from './asked-button.tsx';
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
  return (
    <AskedButton
      label={words.withdraw}
      of={words.withdrawOf(purpose)}
      pending={withdraw.isPending}
      failure={{ title: words.decideFailed, error: withdraw.error }}
      question={{
        title: words.withdrawTitle(purpose),
        field: <WhatGoes purpose={purpose} />,
        confirm: words.withdrawConfirm,
      }}
      onConfirm={() => withdraw.mutate()}
    />
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

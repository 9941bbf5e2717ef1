import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { keys } from '../api/queries.ts';
import { Show, Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';
import { EndShare } from './end-share.tsx';

/** Who sees a job; adds people and takes them away, and stays open meanwhile. */
export function ShareDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { call } = useService();
  const client = useQueryClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const [email, setEmail] = useState('');
  useEffect(() => dialog.current?.showModal(), []);
  const params = { id: job.id };
  const shares = loaded(
    useQuery({
      queryKey: keys.sharesOf(job.id),
      queryFn: ({ signal }) => call('listJobShares', { params, signal }),
    }),
  );
  const share = useMutation({
    mutationFn: () => call('shareJob', { params, body: { email: email.trim() } }),
    onSuccess: async () => {
      setEmail('');
      await client.invalidateQueries({ queryKey: keys.shares });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    share.mutate();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <h2 id={heading} className="dialog-title">
        {strings.shareTitle(job.name)}
      </h2>
      <p>{strings.shareText}</p>
      <form onSubmit={submit}>
        <TextInput
          type="email"
          label={strings.shareWith}
          value={email}
          required
          maxLength={254}
          autoComplete="off"
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <div className="row">
          <Button type="submit" loading={share.isPending}>
            {strings.share}
          </Button>
          <Button variant="default" onClick={() => dialog.current?.close()}>
            {strings.close}
          </Button>
        </div>
      </form>
      {share.error !== null && <Trouble title={strings.shareFailed} error={share.error} />}
      <h3>{strings.sharedWith}</h3>
      <Show what={shares}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{strings.sharedWithNobody}</p>
          ) : (
            <ul className="plain">
              {items.map((each) => (
                <li key={each.member.id} className="row">
                  <span>{strings.sharedSince(each.member.email, inTime(each.sharedAt))}</span>
                  <EndShare share={each} />
                </li>
              ))}
            </ul>
          )
        }
      </Show>
    </dialog>
  );
}

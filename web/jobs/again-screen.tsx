import { Button, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { useJob } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { go, Link } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { axesOf } from './axes-of.ts';
import { choiceOf, settingsOf } from './settings-chosen.ts';
import { SettingsFields } from './settings-fields.tsx';
import { TryOut } from './try-out.tsx';
import { useOffered } from './use-offered.ts';
import { useShowBegun } from './use-show-begun.ts';
import type { TrialSource } from './use-trial.ts';

/** A new job of the images of one that the service still has: other settings, another model, and nothing is sent. */
export function AgainScreen({ id }: { id: string }) {
  const job = useJob(id);
  const name = job.state === 'ready' ? job.data.name : strings.job;
  return (
    <>
      <p>
        <Link href={jobHref(id)}>← {strings.backToJob(name)}</Link>
      </p>
      <ScreenHeading>{strings.againTitle(name)}</ScreenHeading>
      <Show what={job}>
        {(data) =>
          data.shared === undefined ? <AgainForm job={data} /> : <Notice kind="info" title={strings.againNotYours} />
        }
      </Show>
    </>
  );
}

function AgainForm({ job }: { job: JobView }) {
  const { call } = useService();
  const showBegun = useShowBegun();
  const key = useRef(crypto.randomUUID());
  const [name, setName] = useState(job.name);
  const [chosen, setChoice] = useState(() => choiceOf(job.settings));
  const choice = useOffered(chosen);
  const [source] = useState<TrialSource>({ kind: 'job', job });
  const create = useMutation({
    mutationFn: () =>
      call('createJob', {
        body: { source: 'job', from: job.id, name: name.trim(), ...settingsOf(choice) },
        key: key.current,
      }),
    onSuccess: (made) => showBegun(made.id),
    onError: () => {
      key.current = crypto.randomUUID(); // an answer is kept for its key: other settings are another request
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <form className="card" onSubmit={submit}>
      <p>{strings.againText}</p>
      <TextInput
        label={strings.jobName}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
      />
      {choice.model !== chosen.model && chosen.model !== undefined && (
        <Notice kind="info" title={strings.againModelGone(chosen.model)} />
      )}
      <TryOut source={source} choice={choice} setChoice={setChoice} />
      <SettingsFields offered={undefined} choice={choice} setChoice={setChoice} />
      {create.error !== null && <Trouble title={strings.createFailed} error={create.error} />}
      <div className="row">
        <Button type="submit" loading={create.isPending} disabled={axesOf(choice.axes) === null}>
          {strings.againStart}
        </Button>
        <Button variant="default" onClick={() => go(jobHref(job.id))}>
          {strings.againStop}
        </Button>
      </div>
    </form>
  );
}

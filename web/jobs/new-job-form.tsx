import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { identityOf } from '../../client/upload/identity.ts';
import { maxNotSent, type Selection } from '../../client/upload/select-files.ts';
import type { JobView, NewJobBody } from '../../functions/contract/schemas.ts';
import { useService } from '../api/context.tsx';
import { useMe, useModels } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { FirstImage } from '../image/first-image.tsx';
import { go } from '../navigation.tsx';
import { jobPlace } from '../route.ts';
import { strings } from '../strings.ts';
import { findUnfinished, openJobs } from '../upload/check-folder.ts';
import { firstImage, type Picked, selectionOf } from '../upload/collect.ts';
import { keepHandles } from '../upload/kept-handles.ts';
import type { PickedFile } from '../upload/picked-file.ts';
import { channelChoices, channelOf } from './channels.ts';
import { NotSentFiles } from './not-sent.tsx';
import { Unfinished } from './unfinished.tsx';

interface NewJobFormProps {
  picked: Picked;
  jobs: readonly JobView[];
  onForget(): void;
}

/** What will be sent, with which model; or the unfinished upload that it continues. */
export function NewJobForm({ picked, jobs, onForget }: NewJobFormProps) {
  const { call, uploads } = useService();
  const models = useModels();
  const me = useMe();
  const limits = me.state === 'ready' ? me.data.limits : undefined;
  const selection = useMemo(() => selectionOf(picked, limits), [picked, limits]);
  const isZip = picked.source === 'zip';
  const sentBytes = selection.send.reduce((sum, { bytes }) => sum + bytes, 0);
  const first = firstImage(picked);
  const look = useQuery({
    queryKey: ['look', first?.path, first?.bytes, (first?.body as File | undefined)?.lastModified],
    enabled: first !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await import('../image/look.ts')).lookInto(first!.body),
  });
  const [name, setName] = useState(picked.name ?? strings.looseName(selection.send.length));
  const [modelName, setModelName] = useState<string>();
  const [channel, setChannel] = useState('');
  const [probabilities, setProbabilities] = useState(false);
  const key = useRef(crypto.randomUUID());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const open = openJobs(jobs, picked).filter(({ id }) => uploads.get(id)?.phase !== 'sending');
  const unfinished = useQuery({
    queryKey: ['unfinished', key.current, open.map(({ id }) => id)],
    enabled: open.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await findUnfinished(call, open, picked)) ?? null,
  });
  const known = unfinished.data;
  const tooMany = selection.notSent.length > maxNotSent;

  const begin = async (job: JobView, { send, notSent }: Selection<PickedFile>) => {
    if (picked.handles !== undefined) await keepHandles(job.id, picked.handles);
    uploads.start(job, { send, notSent });
    go(jobPlace(job.id));
  };
  const create = useMutation({
    mutationFn: async (body: NewJobBody) => begin(await call('createJob', { body, key: key.current }), selection),
  });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = channelOf(channel);
    const fields = {
      name: name.trim(),
      ...(modelName !== undefined && { model: modelName }),
      ...(wanted !== undefined && { channel: wanted }),
      probabilities,
    };
    const announced = selection.send.length + selection.notSent.length;
    create.mutate(
      isZip
        ? {
            source: 'zip',
            archiveBytes: picked.bytes,
            archiveIdentity: await identityOf(picked.files[0]!),
            ...fields,
          }
        : { source: 'files', announced, ...fields },
    );
  };

  return (
    <form className="card" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {isZip ? strings.chosenZip(picked.bytes) : strings.chosen(selection.send.length, sentBytes)}
      </h2>
      <NotSentFiles files={selection.notSent} />
      {picked.noise > 0 && <p className="soft">{strings.noise(picked.noise)}</p>}
      {unfinished.isFetching && <p role="status">{strings.comparing}</p>}
      {known != null && <Unfinished check={known} onContinue={() => void begin(known.job, known.selection)} />}
      {first !== undefined && <FirstImage path={first.path} look={look.data} error={look.error} />}
      <TextInput
        label={strings.jobName}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
      />
      <Show what={models}>
        {({ items }) => {
          const model = items.find((each) => each.name === modelName) ?? items[0];
          const choices = channelChoices(look.data?.info, model?.defaultChannel);
          return (
            <>
              <NativeSelect
                label={strings.model}
                description={model?.description}
                value={model?.name}
                data={items.map((each) => ({ value: each.name, label: `${each.name} ${each.version}` }))}
                onChange={(event) => setModelName(event.currentTarget.value)}
              />
              {choices === undefined ? (
                <TextInput
                  label={strings.channelFree}
                  value={channel}
                  onChange={(event) => setChannel(event.currentTarget.value)}
                />
              ) : (
                <NativeSelect
                  label={strings.channel}
                  description={strings.channelHint}
                  value={channel}
                  data={choices}
                  onChange={(event) => setChannel(event.currentTarget.value)}
                />
              )}
            </>
          );
        }}
      </Show>
      <Checkbox
        label={strings.probabilities}
        description={strings.probabilitiesHint}
        checked={probabilities}
        onChange={(event) => setProbabilities(event.currentTarget.checked)}
      />
      {tooMany && <Notice kind="bad" title={strings.tooMany(picked.files.length)} />}
      {create.error !== null && <Trouble title={strings.loadFailed} error={create.error} />}
      <div className="row">
        <Button
          type="submit"
          loading={create.isPending}
          disabled={selection.send.length === 0 || tooMany}
          variant={known?.isSame === true ? 'default' : 'filled'}
        >
          {known != null ? strings.startNew : isZip ? strings.startZip : strings.start(selection.send.length)}
        </Button>
        <Button variant="default" onClick={onForget}>
          {strings.forget}
        </Button>
      </div>
    </form>
  );
}

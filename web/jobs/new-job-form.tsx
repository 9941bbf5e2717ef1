import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { JobView, NewJobBody } from '../../functions/contract/schemas.ts';
import { useService } from '../api/context.tsx';
import { useModels } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { FirstImage } from '../image/first-image.tsx';
import { go } from '../navigation.tsx';
import { jobPlace } from '../route.ts';
import { strings } from '../strings.ts';
import { firstImages, type Picked } from '../upload/collect.ts';
import { channelChoices, channelOf } from './channels.ts';
import { unfinishedJob } from './unfinished.ts';

/** One bad file must not hide the channels of a thousand good ones. */
const lookedInto = 5;

interface NewJobFormProps {
  picked: Picked;
  jobs: readonly JobView[];
  onForget(): void;
  /** It is sent now, or continued. */
  onBegun(): void;
}

/** What will be sent, with which model; or the unfinished upload that it continues. */
export function NewJobForm({ picked, jobs, onForget, onBegun }: NewJobFormProps) {
  const { api, uploads } = useService();
  const models = useModels();
  const firsts = firstImages(picked, lookedInto);
  const look = useQuery({
    queryKey: ['look', ...firsts.map(({ path, bytes, body }) => [path, bytes, (body as File).lastModified])],
    enabled: firsts.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await import('../image/look.ts')).lookIntoFirst(firsts),
  });
  const [name, setName] = useState(picked.name ?? strings.looseName(picked.files.length));
  const [modelName, setModelName] = useState<string>();
  const [channel, setChannel] = useState('');
  const [probabilities, setProbabilities] = useState(false);
  const key = useRef(crypto.randomUUID());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const begin = (job: JobView) => {
    uploads.start(job, picked.files);
    onBegun();
    go(jobPlace(job.id));
  };
  const create = useMutation({ mutationFn: (body: NewJobBody) => api.createJob(body, key.current), onSuccess: begin });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = channelOf(channel);
    const fields = {
      name: name.trim(),
      ...(modelName !== undefined && { model: modelName }),
      ...(wanted !== undefined && { channel: wanted }),
      probabilities,
    };
    create.mutate(
      picked.source === 'zip'
        ? { source: 'zip', archiveBytes: picked.bytes, ...fields }
        : { source: 'files', ...fields },
    );
  };

  const known = unfinishedJob(jobs, picked);
  const isZip = picked.source === 'zip';
  return (
    <form className="card" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {isZip ? strings.chosenZip(picked.bytes) : strings.chosen(picked.images, picked.bytes)}
      </h2>
      {picked.others > 0 && <p className="soft">{strings.others(picked.others)}</p>}
      {picked.noise > 0 && <p className="soft">{strings.noise(picked.noise)}</p>}
      {known !== undefined && (
        <Notice kind="info" title={strings.unfinished(known.name)}>
          <p>{strings.unfinishedText(inTime(known.createdAt), known.counts.expected)}</p>
          <Button onClick={() => begin(known)}>{strings.continueIt}</Button>
        </Notice>
      )}
      {firsts[0] !== undefined && <FirstImage path={firsts[0].path} look={look.data} error={look.error} />}
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
          const choices = channelChoices(look.data?.seen?.info, model?.defaultChannel);
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
      {create.error !== null && <Trouble title={strings.createFailed} error={create.error} />}
      <div className="row">
        <Button type="submit" loading={create.isPending} variant={known === undefined ? 'filled' : 'default'}>
          {known !== undefined ? strings.startNew : isZip ? strings.startZip : strings.start(picked.images)}
        </Button>
        <Button variant="default" onClick={onForget}>
          {strings.forget}
        </Button>
      </div>
    </form>
  );
}

import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { type PlaneMode, planeModes, usualPlaneMode } from '../../functions/core/plane-mode.ts';
import type { ImageInfo } from '../../functions/image/image.ts';
import { useModels } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { FirstImage } from '../image/first-image.tsx';
import { LookFirst } from '../image/look-first.tsx';
import { strings } from '../strings.ts';
import { firstImages, imagesIn, type Picked } from '../upload/collect.ts';
import { AxesField } from './axes-field.tsx';
import { axesOf } from './axes-of.ts';
import { channelChoices, channelOf } from './channels.ts';
import { MeasureFields } from './measure-fields.tsx';
import { measuresOf, nothingMore } from './measures.ts';
import { NotSentFiles } from './not-sent.tsx';
import { Unfinished } from './unfinished.tsx';
import { useNewJob } from './use-new-job.ts';

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
  const { selection, known, comparing, tooMany, undecided, begin, create } = useNewJob(picked, jobs, onBegun);
  const isZip = picked.source === 'zip';
  const sentBytes = selection.send.reduce((sum, { bytes }) => sum + bytes, 0);
  const firsts = useMemo(() => firstImages(picked, lookedInto), [picked]); // many may come before the first
  const [axes, setAxes] = useState('');
  const wantedAxes = axesOf(axes) ?? undefined;
  const look = useQuery({
    queryKey: [
      'look',
      wantedAxes ?? null,
      ...firsts.map(({ path, bytes, body }) => [path, bytes, (body as File).lastModified]),
    ],
    enabled: firsts.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData, // while other axes are tried
    queryFn: async () => (await import('../image/look.ts')).lookIntoFirst(firsts, wantedAxes),
  });
  const [name, setName] = useState(() => picked.name ?? strings.looseName(imagesIn(picked)));
  const [modelName, setModelName] = useState<string>();
  const [channel, setChannel] = useState('');
  const [planes, setPlanes] = useState<PlaneMode>(usualPlaneMode);
  const [measures, setMeasures] = useState(nothingMore);
  const [probabilities, setProbabilities] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = channelOf(channel);
    create.mutate({
      name: name.trim(),
      ...(modelName !== undefined && { model: modelName }),
      ...(wanted !== undefined && { channel: wanted }),
      ...(planes !== usualPlaneMode && { planes }),
      ...(wantedAxes !== undefined && { axes: wantedAxes }),
      ...measuresOf(measures),
      probabilities,
    });
  };

  return (
    <form className="card" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {isZip ? strings.chosenZip(picked.bytes) : strings.chosen(selection.send.length, sentBytes)}
      </h2>
      <NotSentFiles files={selection.notSent} />
      {comparing && <p role="status">{strings.comparing}</p>}
      {known !== undefined && <Unfinished check={known} onContinue={() => void begin(known.job, known.selection)} />}
      {firsts[0] !== undefined && <FirstImage path={firsts[0].path} inspected={look.data} error={look.error} />}
      <LookFirst path={look.data?.seen?.path} files={firsts} axes={wantedAxes} />
      <TextInput
        label={strings.jobName}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
      />
      <ModelFields info={look.data?.seen?.info} {...{ modelName, setModelName, channel, setChannel }} />
      <AxesField axes={axes} setAxes={setAxes} />
      <NativeSelect
        label={strings.planes}
        description={strings.planesHint}
        value={planes}
        data={planeModes.map((mode) => ({ value: mode, label: strings.planeModes[mode] }))}
        onChange={(event) => setPlanes(event.currentTarget.value as PlaneMode)}
      />
      <MeasureFields info={look.data?.seen?.info} choice={measures} setChoice={setMeasures} />
      <Checkbox
        label={strings.probabilities}
        description={strings.probabilitiesHint}
        checked={probabilities}
        onChange={(event) => setProbabilities(event.currentTarget.checked)}
      />
      {tooMany && <Notice kind="bad" title={strings.tooMany(picked.files.length)} />}
      {create.error !== null && <Trouble title={strings.createFailed} error={create.error} />}
      <div className="row">
        <Button
          type="submit"
          loading={create.isPending}
          disabled={selection.send.length === 0 || tooMany || undecided || axesOf(axes) === null}
          variant={known?.isSame === true ? 'default' : 'filled'}
        >
          {known !== undefined ? strings.startNew : isZip ? strings.startZip : strings.start(selection.send.length)}
        </Button>
        <Button variant="default" onClick={onForget}>
          {strings.forget}
        </Button>
      </div>
    </form>
  );
}

interface ModelFieldsProps {
  /** Of the first image; undefined while it is looked into, or cannot be. */
  info: ImageInfo | undefined;
  modelName: string | undefined;
  setModelName(name: string): void;
  channel: string;
  setChannel(channel: string): void;
}

/** The model, and which channel of the images it is given. */
function ModelFields({ info, modelName, setModelName, channel, setChannel }: ModelFieldsProps) {
  const models = useModels();
  return (
    <Show what={models}>
      {({ items }) => {
        const model = items.find((each) => each.name === modelName) ?? items[0];
        const choices = channelChoices(info, model?.defaultChannel);
        return (
          <>
            <NativeSelect
              label={strings.model}
              description={model?.description}
              value={model?.name}
              data={items.map((each) => ({
                value: each.name,
                label: strings.modelTitle(`${each.name} ${each.version}`.trim(), each.revision),
              }))}
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
  );
}

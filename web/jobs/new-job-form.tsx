import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { jobNameOf } from '../../functions/core/paths.ts';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { FirstImage } from '../image/first-image.tsx';
import { LookFirst } from '../image/look-first.tsx';
import { strings } from '../strings.ts';
import type { Picked } from '../upload/collect.ts';
import { imagesIn } from '../upload/selection.ts';
import { axesOf } from './axes-of.ts';
import { ChannelsDiffer } from './channels-differ.tsx';
import { draftOf, keepDraft } from './draft.ts';
import { NotSentFiles } from './not-sent.tsx';
import { RememberedNote } from './remembered-note.tsx';
import { rememberedSettings, rememberSettings } from './remembered-settings.ts';
import { settingsOf } from './settings-chosen.ts';
import { SettingsFields } from './settings-fields.tsx';
import { TryOut } from './try-out.tsx';
import { Unfinished } from './unfinished.tsx';
import { useLook } from './use-look.ts';
import { useNewJob } from './use-new-job.ts';
import { useOffered } from './use-offered.ts';

interface NewJobFormProps {
  picked: Picked;
  jobs: readonly JobView[];
  onForget(): void;
  /** It is sent now, or continued. */
  onBegun(): void;
}

const newName = (picked: Picked): string =>
  picked.name === undefined ? strings.looseName(imagesIn(picked)) : jobNameOf(picked.name);

/** What will be sent, with which model; or the unfinished upload that it continues. */
export function NewJobForm({ picked, jobs, onForget, onBegun }: NewJobFormProps) {
  const { selection, known, comparing, tooMany, undecided, begin, create } = useNewJob(picked, jobs, onBegun);
  const isZip = picked.source === 'zip';
  const sentBytes = selection.send.reduce((sum, { bytes }) => sum + bytes, 0);
  const images = useMemo(() => imagesIn({ files: selection.send }), [selection]);
  const [chosen, setChoice] = useState(() => draftOf(picked)?.choice ?? rememberedSettings());
  const choice = useOffered(chosen);
  const wantedAxes = axesOf(choice.axes) ?? undefined;
  const { firsts, look, readable, waits, offered, kinds } = useLook(picked, wantedAxes);
  const [name, setName] = useState(() => draftOf(picked)?.name ?? newName(picked));
  useEffect(() => keepDraft(picked, { name, choice: chosen }), [picked, name, chosen]);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    rememberSettings(choice);
    create.mutate({ name: name.trim(), ...settingsOf(choice) });
  };

  return (
    <form className="card" onSubmit={submit}>
      <h2 ref={heading} tabIndex={-1}>
        {isZip ? strings.chosenZip(picked.bytes) : strings.chosen(images, sentBytes)}
      </h2>
      <NotSentFiles files={selection.notSent} />
      {comparing && <p role="status">{strings.comparing}</p>}
      {known !== undefined && <Unfinished check={known} onContinue={() => void begin(known.job, known.selection)} />}
      {firsts[0] !== undefined && <FirstImage path={firsts[0].path} inspected={look.data} error={look.error} />}
      <LookFirst file={readable} waits={waits} axes={wantedAxes} />
      <TextInput
        label={strings.jobName}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={200}
        required
      />
      <RememberedNote setChoice={setChoice} />
      {kinds.length > 1 && <ChannelsDiffer kinds={kinds} />}
      <TryOut
        source={readable && { kind: 'file', file: readable }}
        waits={waits}
        choice={choice}
        setChoice={setChoice}
      />
      <SettingsFields offered={offered} choice={choice} setChoice={setChoice} />
      {tooMany && <Notice kind="bad" title={strings.tooMany(picked.files.length)} />}
      {create.error !== null && <Trouble title={strings.createFailed} error={create.error} />}
      <div className="row">
        <Button
          type="submit"
          loading={create.isPending}
          disabled={
            (isZip ? selection.send.length : images) === 0 || tooMany || undecided || axesOf(choice.axes) === null
          }
          variant={known?.isSame === true ? 'default' : 'filled'}
        >
          {known !== undefined ? strings.startNew : isZip ? strings.startZip : strings.start(images)}
        </Button>
        <Button variant="default" onClick={onForget}>
          {strings.forget}
        </Button>
      </div>
    </form>
  );
}

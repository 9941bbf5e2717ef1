import { Button, NativeSelect } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { FileView } from '../../functions/contract/jobs.ts';
import { useFiles, useJob } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { axesOf } from '../jobs/axes-of.ts';
import { isActive } from '../jobs/is-active.ts';
import type { SettingsChoice } from '../jobs/settings-chosen.ts';
import { predictionOf, type Trial, type TrialSource, useTrial } from '../jobs/use-trial.ts';
import { useUpload } from '../upload/use-upload.ts';
import { TrialView } from './trial-view.tsx';
import { words } from './words.ts';

export interface TrialPanelProps {
  source: TrialSource;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
  onUse(): void;
}

/** Settings are tried on one image: it is predicted once, and its objects are found again as they change. */
export function TrialPanel(props: TrialPanelProps) {
  const { source } = props;
  if (source.kind === 'file') return <Panel {...props} paths={[source.file.path]} />;
  return <PanelOfJob {...props} source={source} />;
}

function PanelOfJob(props: TrialPanelProps & { source: Extract<TrialSource, { kind: 'job' }> }) {
  const files = useFiles(props.source.job, undefined);
  const isImage = ({ state }: FileView) => state === 'done' || state === 'pending';
  return (
    <Show what={files}>
      {(all) => {
        const paths = all.filter(isImage).map(({ path }) => path);
        return paths.length === 0 ? <p>{words.noImage}</p> : <Panel {...props} paths={paths} />;
      }}
    </Show>
  );
}

/** More are hard to choose from. */
const mostListed = 200;

function Panel({ source, choice, setChoice, onUse, paths }: TrialPanelProps & { paths: readonly string[] }) {
  const [path, setPath] = useState(paths[0]!);
  const trial = useTrial(source);
  const prediction = predictionOf(choice);
  const { mutate } = trial;
  const isValid = axesOf(choice.axes) !== null;
  const begin = (at: string) => mutate({ path: at, prediction });
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return; // once, when it is opened; later by the button
    begun.current = true;
    mutate({ path, prediction });
  }, [mutate, path, prediction]);
  const isOther = trial.data !== undefined && trial.data.settings !== JSON.stringify(prediction);
  return (
    <section className="trial" aria-label={words.trial}>
      <p className="soft">{words.trialText}</p>
      {paths.length > 1 && (
        <NativeSelect
          label={words.image}
          value={path}
          data={paths.slice(0, mostListed)}
          onChange={(event) => {
            setPath(event.currentTarget.value);
            begin(event.currentTarget.value);
          }}
        />
      )}
      {trial.error !== null && <Trouble title={words.trialFailed} error={trial.error} />}
      {isOther && (
        <Notice kind="good" title={words.predictionChanged}>
          <Button size="compact-sm" loading={trial.isPending} disabled={!isValid} onClick={() => begin(path)}>
            {words.predictAgain}
          </Button>
        </Notice>
      )}
      {trial.data !== undefined && (
        <Predicted key={trial.data.id} trial={trial.data} {...{ source, choice, setChoice }} />
      )}
      <Button variant="default" size="compact-sm" onClick={onUse}>
        {words.useSettings}
      </Button>
    </section>
  );
}

type PredictedProps = Pick<TrialPanelProps, 'source' | 'choice' | 'setChoice'> & { trial: Trial };

/** What came of the prediction, or how far it is. */
function Predicted({ trial, ...rest }: PredictedProps) {
  const job = useJob(trial.id);
  const upload = useUpload(trial.id);
  if (upload?.phase === 'failed' || upload?.phase === 'incomplete')
    return (
      <Trouble
        title={words.trialFailed}
        error={upload.error ?? new Error([...upload.failures.values()][0] ?? upload.problem?.detail ?? '')}
      />
    );
  return (
    <Show what={job}>
      {(data) => {
        if (isActive(data)) return <p role="status">{words.predicting}</p>;
        if (data.counts.done > 0) return <TrialView {...rest} trial={trial} />;
        return <Failed trial={trial} message={data.failure?.message} />;
      }}
    </Show>
  );
}

function Failed({ trial, message }: { trial: Trial; message: string | undefined }) {
  const job = useJob(trial.id);
  if (job.state !== 'ready') return null;
  return <FailedFile job={job.data} message={message} />;
}

function FailedFile({ job, message }: { job: Parameters<typeof useFiles>[0]; message: string | undefined }) {
  const failed = useFiles(job, 'failed');
  const failure = failed.state === 'ready' ? failed.data[0]?.failure : undefined;
  return (
    <Notice kind="bad" title={words.trialFailed}>
      <p>{failure?.message ?? message}</p>
      {failure?.next !== undefined && <p>{failure.next}</p>}
    </Notice>
  );
}

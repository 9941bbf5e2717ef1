import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Results } from '../../functions/contract/results.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { useResults } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Show } from '../components/show.tsx';
import type { ObjectChoice } from '../jobs/objects-chosen.ts';
import type { SettingsChoice } from '../jobs/settings-chosen.ts';
import type { Trial, TrialSource } from '../jobs/use-trial.ts';
import type { Found, ModelSettings } from './messages.ts';
import { remoteOf } from './remote-of.ts';
import type { Tried as TriedSettings } from './use-found.ts';
import { type Opened, Viewer } from './viewer.tsx';
import { words } from './words.ts';

interface TrialViewProps {
  trial: Trial;
  source: TrialSource;
  choice: SettingsChoice;
  setChoice(choice: SettingsChoice): void;
}

/** The image with the objects that the chosen threshold and size find, and the sliders for both. */
export function TrialView(props: TrialViewProps) {
  const { id, path } = props.trial;
  const results = useResults(id, path);
  return (
    <Show what={results}>
      {({ files, summary }) => {
        const maps = files.find(({ kind }) => kind === 'prob.tif');
        const settings = summary?.instances as ModelSettings | undefined; // as predict wrote them
        if (maps === undefined || settings === undefined) return <p>{words.noMaps}</p>;
        return <Tried {...props} maps={maps} settings={settings} />;
      }}
    </Show>
  );
}

interface TriedProps extends TrialViewProps {
  maps: Results['files'][number];
  settings: ModelSettings;
}

function Tried({ trial, source, choice, setChoice, maps, settings }: TriedProps) {
  const { call } = useService();
  const { id, path } = trial;
  const [found, setFound] = useState<{ found: Found | { failed: string }; of: string }>();
  const setObjects = (change: Partial<ObjectChoice>) =>
    setChoice({ ...choice, objects: { ...choice.objects, ...change } });
  const image = useImage(trial, source, choice.axes);
  const labels = useMemo<Opened>(
    () => ({
      file: { remote: remoteOf(maps), name: maps.fileName, maps: settings },
      async renew() {
        const fresh = await call('showResults', { params: { id }, query: { path } });
        const again = fresh.files.find(({ kind }) => kind === 'prob.tif');
        return again && remoteOf(again);
      },
    }),
    [call, id, path, maps, settings],
  );
  const { threshold, minSize } = choice.objects;
  const choices = {
    threshold: threshold === '' ? undefined : Number(threshold),
    minSize: minSize === '' ? undefined : Number(minSize),
  };
  const onFound: TriedSettings['onFound'] = (now, of) => setFound({ found: now, of: JSON.stringify(of) });
  return (
    <>
      <div className="trial-sliders">
        <Slider
          label={words.threshold}
          value={choices.threshold ?? settings.threshold}
          limits={thresholdLimits(settings.threshold)}
          onChange={(value) => setObjects({ threshold: value })}
        />
        <Slider
          label={words.minSize}
          value={choices.minSize ?? settings.minArea}
          limits={{ min: 0, max: Math.max(500, settings.minArea), step: 1 }}
          onChange={(value) => setObjects({ minSize: value })}
        />
        <Button
          variant="default"
          size="compact-sm"
          disabled={threshold === '' && minSize === ''}
          onClick={() => setObjects({ threshold: '', minSize: '' })}
        >
          {words.asModel}
        </Button>
      </div>
      <FoundText found={found?.found} isOld={found?.of !== JSON.stringify(choices)} />
      <Show what={image}>
        {(opened) => <Viewer name={path} image={opened} labels={labels} tried={{ choices, onFound }} />}
      </Show>
    </>
  );
}

/** `isOld`: other choices are looked into. */
function FoundText({ found, isOld }: { found: Found | { failed: string } | undefined; isOld: boolean }) {
  if (found !== undefined && 'failed' in found)
    return (
      <Notice kind="bad" title={words.labelsFailed}>
        <p>{found.failed}</p>
      </Notice>
    );
  return (
    <p role="status" aria-busy={isOld} data-milliseconds={found?.milliseconds}>
      {found === undefined ? words.opening : words.found(found.count)}
    </p>
  );
}

/** A probability from 0 to 1; other maps are about as wide as their threshold is from 0. */
const thresholdLimits = (usual: number) =>
  usual >= 0 && usual <= 1
    ? { min: 0, max: 1, step: 0.01 }
    : { min: -4 * Math.abs(usual), max: 4 * Math.abs(usual), step: Math.abs(usual) / 50 };

interface SliderProps {
  label: string;
  value: number;
  limits: { min: number; max: number; step: number };
  onChange(value: string): void;
}

const Slider = ({ label, value, limits, onChange }: SliderProps) => (
  <label className="viewer-slider">
    <span>{label}</span>
    <input type="range" {...limits} value={value} onChange={(event) => onChange(event.currentTarget.value)} />
    <span className="viewer-number">{value}</span>
  </label>
);

/** The file of this computer, or that of the service. */
function useImage({ id, path }: Trial, source: TrialSource, axes: string) {
  const { call } = useService();
  const wanted = axes.trim() === '' ? undefined : axes.trim().toUpperCase();
  return loaded(
    useQuery({
      queryKey: ['trial image', id, path],
      staleTime: Number.POSITIVE_INFINITY,
      refetchOnWindowFocus: false,
      async queryFn(): Promise<Opened> {
        if (source.kind === 'file')
          return { file: { blob: source.file.body, name: path, axes: wanted }, renew: async () => undefined };
        const sign = async () => remoteOf(await call('signInput', { params: { id }, query: { path } }));
        return { file: { remote: await sign(), name: path.split('/').at(-1)!, axes: wanted }, renew: sign };
      },
    }),
  );
}

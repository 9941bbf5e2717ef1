import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import type { JobView, NewJobBody } from '../../functions/contract/jobs.ts';
import { isProjection } from '../../functions/core/plane-mode.ts';
import { useService } from '../api/context.tsx';
import { strings } from '../strings.ts';
import type { PickedFile } from '../upload/picked-file.ts';
import { type SettingsChoice, settingsOf } from './settings-chosen.ts';

/** Where the image is: on this computer, or in the service, of a job. */
export type TrialSource = { kind: 'file'; file: PickedFile } | { kind: 'job'; job: JobView };

/** One image that was predicted with some settings. */
export interface Trial {
  id: string;
  path: string;
  /** What it was predicted with. */
  settings: string;
}

/**
 * The part of the settings that the prediction depends on: the rest (threshold, smallest object) is tried on its maps.
 * Planes are shown one by one, so each is predicted by itself; nothing else is measured.
 */
export function predictionOf(choice: SettingsChoice): Partial<NewJobBody> {
  const {
    threshold: _,
    minSize: _2,
    ring: _3,
    positive: _4,
    rois: _5,
    ome: _6,
    zarr: _7,
    planes,
    ...settings
  } = settingsOf(choice);
  return { ...settings, planes: planes !== undefined && isProjection(planes) ? planes : 'each', probabilities: true };
}

/** Makes small jobs of one image, and deletes them when the screen or the page is left. The file of this computer is sent once. */
export function useTrial(source: TrialSource) {
  const { call, uploads } = useService();
  const made = useRef<string[]>([]);
  useEffect(() => {
    const ids = made.current;
    const forget = () => {
      for (const id of ids.splice(0)) {
        uploads.forget(id);
        call('deleteJob', { params: { id }, keepalive: true }).catch(console.warn); // it stays in the list of jobs, under its name
      }
    };
    const left = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) forget(); // else the browser may show the page again as it is
    };
    window.addEventListener('pagehide', left);
    return () => {
      window.removeEventListener('pagehide', left);
      forget();
    };
  }, [call, uploads]);
  return useMutation({
    mutationFn: async ({ path, prediction }: { path: string; prediction: Partial<NewJobBody> }): Promise<Trial> => {
      const common = { ...prediction, name: strings.trialName(path), trial: true };
      const from = source.kind === 'job' ? source.job.id : made.current[0];
      const body = (
        from === undefined ? { ...common, source: 'files', announced: 1 } : { ...common, source: 'job', from, path }
      ) as NewJobBody;
      const job = await call('createJob', { body, key: crypto.randomUUID() });
      made.current.push(job.id);
      if (from === undefined && source.kind === 'file') uploads.start(job, { send: [source.file], notSent: [] });
      return { id: job.id, path, settings: JSON.stringify(prediction) };
    },
  });
}

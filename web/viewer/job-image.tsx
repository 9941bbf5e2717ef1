import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import type { Download } from '../../functions/contract/results.ts';
import { useService } from '../api/context.tsx';
import { loaded } from '../api/loaded.ts';
import { useJob, useResults, useText } from '../api/queries.ts';
import { Show } from '../components/show.tsx';
import { prepareImageWorker } from './image-worker.ts';
import type { LinkedViews } from './linked-views.ts';
import { remoteOf } from './remote-of.ts';
import type { KeptView } from './use-kept-view.ts';
import { type Opened, Viewer } from './viewer.tsx';
import { words } from './words.ts';

export interface JobImageProps {
  id: string;
  path: string;
  /** Of the picture; default: the path. */
  name?: string;
  /** As of the viewer. */
  kept?: KeptView | undefined;
  links?: LinkedViews | undefined;
}

/** One image of a job with its objects, in the viewer. */
export function JobImage(props: JobImageProps) {
  const { id, path } = props;
  const { call } = useService();
  useEffect(prepareImageWorker, []);
  const job = useJob(id);
  const results = useResults(id, path);
  const input = loaded(
    useQuery({
      queryKey: ['input', id, path],
      queryFn: ({ signal }) => call('signInput', { params: { id }, query: { path }, signal }),
      staleTime: Number.POSITIVE_INFINITY, // signed once more when it is over
      refetchOnWindowFocus: false,
    }),
  );
  return (
    <Show what={input}>
      {(download) =>
        results.state === 'loading' || job.state === 'loading' ? (
          <p className="soft">{words.opening}</p>
        ) : (
          // an image that is not done, or failed, can be looked at without objects
          <Opening
            {...props}
            input={download}
            files={results.state === 'ready' ? results.data.files : []}
            foreground={results.state === 'ready' ? results.data.foreground : undefined}
            axes={job.state === 'ready' ? job.data.settings.axes : undefined}
            isCorrectable={job.state === 'ready' && job.data.state === 'completed' && job.data.shared === undefined}
          />
        )
      }
    </Show>
  );
}

interface OpeningProps extends JobImageProps {
  input: Download;
  files: readonly (Download & { kind: string })[];
  foreground: Download | undefined;
  axes: string | undefined;
  isCorrectable: boolean;
}

function Opening({
  id,
  path,
  name = path,
  kept,
  links,
  input,
  files,
  foreground: map,
  axes,
  isCorrectable,
}: OpeningProps) {
  const { call } = useService();
  const urlOf = (kind: string) => files.find((file) => file.kind === kind)?.request.url;
  const image = useMemo<Opened>(
    () => ({
      file: { remote: remoteOf(input), name: path.split('/').at(-1)!, axes },
      renew: async () => remoteOf(await call('signInput', { params: { id }, query: { path } })),
    }),
    [call, id, path, input, axes],
  );
  const labelFile = useSame(files.find(({ kind }) => kind === 'labels.tif'));
  const foreground = useSame(map);
  const labels = useMemo<Opened | undefined>(
    () =>
      labelFile && {
        file: {
          ...{ remote: remoteOf(labelFile), name: labelFile.fileName },
          foreground: foreground && remoteOf(foreground),
        },
        async renew(part) {
          const fresh = await call('showResults', { params: { id }, query: { path } });
          const found = part === 'image' ? fresh.files.find(({ kind }) => kind === 'labels.tif') : fresh.foreground;
          return found && remoteOf(found);
        },
      },
    [call, id, path, labelFile, foreground],
  );
  const text = useText(urlOf('measurements.csv'));
  const csv = text.state === 'ready' ? text.data : undefined;
  const correctable = useMemo(
    () => (isCorrectable && links === undefined ? { id, path } : undefined),
    [isCorrectable, links, id, path],
  );
  return <Viewer name={name} {...{ image, labels, csv, kept, links, correctable }} preview={urlOf('preview.png')} />;
}

/** The download as it was first: one that is only signed once more does not open the labels, and what is done with them, anew. */
function useSame<File extends Pick<Download, 'fileName' | 'bytes'>>(file: File | undefined): File | undefined {
  const kept = useRef(file);
  if (kept.current?.fileName !== file?.fileName || kept.current?.bytes !== file?.bytes) kept.current = file;
  return kept.current;
}

import type { ReactNode } from 'react';
import { ServiceError } from '../../client/service-error.ts';
import type { ProblemCode } from '../../functions/contract/problems.ts';
import type { Download } from '../../functions/contract/results.ts';
import { isComing } from '../api/is-coming.ts';
import { useJob, useResults, useText } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Notice } from '../components/notice.tsx';
import { Show } from '../components/show.tsx';
import { inBytes } from '../format.ts';
import { PublishButton } from '../gallery/publish-button.tsx';
import { Link } from '../navigation.tsx';
import { jobHref, viewerHref } from '../route.ts';
import { strings } from '../strings.ts';
import { inWords } from './first-image.tsx';
import { ImageNotes } from './image-notes.tsx';
import { Measurements } from './measurements.tsx';
import { objectsDrawn } from './objects-drawn.ts';

/** What came out for one image. */
export function ImageScreen({ id, path }: { id: string; path: string }) {
  const job = useJob(id);
  const results = useResults(id, path);
  const name = job.state === 'ready' ? job.data.name : strings.jobs;
  return (
    <>
      <p>
        <Link href={jobHref(id)}>← {strings.backToJob(name)}</Link>
      </p>
      <ScreenHeading>{path}</ScreenHeading>
      <Show what={results} instead={noResults}>
        {({ files, summary }) => {
          const preview = files.find(({ kind }) => kind === 'preview.png');
          return (
            <>
              {summary !== undefined && (
                <>
                  <p>
                    <strong>{strings.counted(summary)}</strong> · {inWords(summary)}
                    {summary.channels > 1 && ` · ${strings.predictedChannel(summary.channel)}`}
                  </p>
                  <ImageNotes notes={summary.notes} pixelSizeReason={summary.pixelSizeReason} />
                </>
              )}
              {preview !== undefined && (
                <Link className="look" href={viewerHref(id, path)}>
                  <img
                    className="preview"
                    src={preview.request.url}
                    alt={strings.previewOf(path, objectsDrawn(summary))}
                  />
                  {strings.look}
                </Link>
              )}
              <div className="row">{job.state === 'ready' && <PublishButton job={job.data} path={path} />}</div>
              <h2>{strings.downloads}</h2>
              <ul className="row plain">
                {files.map((file) => (
                  <li key={file.kind}>
                    <DownloadLink {...file} />
                  </li>
                ))}
              </ul>
              <Measured
                url={files.find(({ kind }) => kind === 'measurements.csv')?.request.url}
                rules={summary?.positive?.rules}
              />
            </>
          );
        }}
      </Show>
    </>
  );
}

/** They are still to come, or why a file that failed or was left out has none and what to do: asking again changes nothing. */
function noResults({ error }: { error: Error }): ReactNode {
  if (isComing(error)) return <p role="status">{strings.resultsComing}</p>;
  const problem = error instanceof ServiceError ? error.problem : undefined;
  return problem?.code === ('noResults' satisfies ProblemCode) ? (
    <Notice kind="bad" title={strings.noResults}>
      <p>{problem.detail}</p>
    </Notice>
  ) : undefined;
}

const DownloadLink = ({ kind, bytes, request }: Download & { kind: keyof typeof strings.kinds }) => (
  <a href={request.url} download="">
    {strings.kinds[kind]} ({inBytes(bytes)})
  </a>
);

interface MeasuredProps {
  url: string | undefined;
  /** By which objects are positive: their means are what the user asked about. */
  rules: readonly { mean: string }[] | undefined;
}

function Measured({ url, rules = [] }: MeasuredProps) {
  const text = useText(url);
  return (
    <section>
      <h2>{strings.measurements}</h2>
      <Show what={text}>
        {(csv) =>
          csv.trimEnd().includes('\n') ? (
            <Measurements
              csv={csv}
              unit={strings.objects}
              label={strings.measurements}
              best={rules.map(({ mean }) => mean)}
            />
          ) : (
            <p>{strings.noObjects}</p>
          )
        }
      </Show>
    </section>
  );
}

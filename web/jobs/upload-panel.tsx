import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobView } from '../../functions/contract/schemas.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Meter } from '../components/meter.tsx';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';
import type { Upload } from '../upload/center.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { useUpload } from '../upload/use-upload.ts';
import { useTimeLeft } from './use-time-left.ts';

/** How the upload of this job goes in this tab, or how to continue it here. */
export function UploadPanel({ job }: { job: JobView }) {
  const { uploads } = useService();
  const upload = useUpload(job.id);
  if (upload === undefined) return job.state === 'uploading' && !job.sealed ? <Continue job={job} /> : null;
  const again = () => uploads.again(job.id);
  switch (upload.phase) {
    case 'sending':
      return <Sending upload={upload} onStop={() => uploads.stop(job.id)} />;
    case 'closing':
      return <Notice kind="info" title={strings.closing} />;
    case 'done':
      return job.state === 'uploading' || job.state === 'processing' ? (
        <Notice kind="good" title={strings.uploadDone}>
          {upload.present > 0 && <p>{strings.presentBefore(upload.present)}</p>}
        </Notice>
      ) : null;
    case 'stopped':
      return (
        <Notice kind="info" title={strings.uploadStopped}>
          <Button onClick={again}>{strings.goOnUpload}</Button>
        </Notice>
      );
    case 'failed':
      return (
        <Trouble title={strings.uploadFailed} error={upload.error}>
          <Button onClick={again}>{strings.goOnUpload}</Button>
        </Trouble>
      );
    case 'incomplete':
      return <Incomplete job={job} upload={upload} onAgain={again} />;
  }
}

function Sending({ upload, onStop }: { upload: Upload; onStop(): void }) {
  const { arrived, present, refused, files, sentBytes, bytes, movedBytes } = upload;
  const left = useTimeLeft(movedBytes, movedBytes + bytes - sentBytes);
  const words = [strings.sentOf(sentBytes, bytes), strings.doneOf(arrived + present + refused, files), left].join(
    ' · ',
  );
  return (
    <>
      <Meter label={strings.uploadProgress} value={bytes === 0 ? 0 : sentBytes / bytes} text={words} />
      <div className="row">
        <span className="soft">{strings.uploadKeepOpen}</span>
        <Button variant="default" size="compact-md" onClick={onStop}>
          {strings.stopUpload}
        </Button>
      </div>
      {present > 0 && <p className="soft">{strings.presentBefore(present)}</p>}
    </>
  );
}

function Incomplete({ job, upload, onAgain }: { job: JobView; upload: Upload; onAgain(): void }) {
  const { problem, ended, failures } = upload;
  const named = problem?.missing ?? [];
  const failed = failures.filter(({ path }) => ended.get(path) === 'failed');
  const count = problem?.missingCount ?? failed.length;
  const paths = problem === undefined ? failed.map(({ path, message }) => `${path}: ${message}`) : named;
  return (
    <Notice kind="bad" title={strings.uploadIncomplete(count)}>
      <p>{strings.uploadIncompleteText}</p>
      <p>{strings.missingShown(Math.min(paths.length, 10), count)}</p>
      <ul>
        {paths.slice(0, 10).map((path) => (
          <li key={path} className="path">
            {path}
          </li>
        ))}
      </ul>
      <div className="row">
        <Button onClick={onAgain}>{strings.retry}</Button>
        <GoOnWithout job={job} />
      </div>
    </Notice>
  );
}

function GoOnWithout({ job }: { job: JobView }) {
  const { api, uploads } = useService();
  const client = useQueryClient();
  const submit = useMutation({
    mutationFn: async () => {
      if (uploads.get(job.id) !== undefined) return uploads.goOnWithout(job);
      client.setQueryData(keys.job(job.id), await api.submit(job.id, { missing: 'fail' }));
    },
  });
  return (
    <>
      <Button variant="default" loading={submit.isPending} onClick={() => submit.mutate()}>
        {strings.goOnWithout}
      </Button>
      {submit.error !== null && <Trouble title={strings.uploadFailed} error={submit.error} />}
    </>
  );
}

function Continue({ job }: { job: JobView }) {
  const { uploads } = useService();
  return (
    <DropZone title={strings.uploadElsewhere} onPicked={({ files }) => uploads.start(job, files)}>
      <p className="soft">{strings.uploadElsewhereText}</p>
      {job.source === 'files' && job.counts.expected > 0 && <GoOnWithout job={job} />}
    </DropZone>
  );
}

import { Button } from '@mantine/core';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { Meter } from '../components/meter.tsx';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';
import type { Upload } from '../upload/upload-state.ts';
import { useUpload } from '../upload/use-upload.ts';
import { ContinueUpload } from './continue-upload.tsx';
import { IncompleteUpload } from './incomplete-upload.tsx';
import { useTimeLeft } from './use-time-left.ts';

/** How the upload of this job goes in this tab, or how to continue it here. */
export function UploadPanel({ job }: { job: JobView }) {
  const { uploads } = useService();
  const upload = useUpload(job.id);
  if (upload === undefined) return job.state === 'uploading' && !job.sealed ? <ContinueUpload job={job} /> : null;
  const again = () => uploads.again(job.id);
  switch (upload.phase) {
    case 'sending':
      return <Sending upload={upload} onStop={() => uploads.stop(job.id)} />;
    case 'closing':
      return <Notice kind="info" title={upload.unreachable ? strings.uploadWaits : strings.closing} />;
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
      return <IncompleteUpload job={job} upload={upload} />;
  }
}

function Sending({ upload, onStop }: { upload: Upload; onStop(): void }) {
  const { arrived, present, refused, files, sentBytes, bytes, movedBytes, unreachable } = upload;
  const left = useTimeLeft(movedBytes, movedBytes + bytes - sentBytes);
  const words = [strings.sentOf(sentBytes, bytes), strings.doneOf(arrived + present + refused, files), left].join(
    ' · ',
  );
  return (
    <>
      <Meter label={strings.uploadProgress} value={bytes === 0 ? 0 : sentBytes / bytes} text={words} />
      <div className="row">
        <span className="soft" role="status">
          {unreachable ? strings.uploadWaits : strings.uploadKeepOpen}
        </span>
        <Button variant="default" size="compact-md" onClick={onStop}>
          {strings.stopUpload}
        </Button>
      </div>
      {present > 0 && <p className="soft">{strings.presentBefore(present)}</p>}
    </>
  );
}

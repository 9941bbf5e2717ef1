import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { checkFolder } from '../upload/check-folder.ts';
import type { Picked } from '../upload/collect.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import type { Upload } from '../upload/upload-state.ts';
import { FolderDifferences, PathList } from './folder-difference.tsx';
import { GoOnWithout } from './go-on-without.tsx';

const maxShownPaths = 10;

/** Files did not arrive: each can be tried again or taken out, and the folder can be chosen again. */
export function IncompleteUpload({ job, upload }: { job: JobView; upload: Upload }) {
  const { uploads } = useService();
  const failed = [...upload.ended].filter(([, kind]) => kind === 'failed').map(([path]) => path);
  const count = upload.problem?.missingCount ?? failed.length;
  const missing = upload.problem?.missing ?? [];
  return (
    <>
      <Notice kind="bad" title={strings.uploadIncomplete(count)}>
        <p>{strings.uploadIncompleteText}</p>
        {failed.length > maxShownPaths && <p>{strings.firstOf(maxShownPaths, failed.length)}</p>}
        <ul>
          {failed.slice(0, maxShownPaths).map((path) => (
            <FailedFile key={path} id={job.id} path={path} why={upload.failures.get(path) ?? ''} />
          ))}
        </ul>
        {failed.length === 0 && <PathList lines={missing} />}
        <div className="row">
          <Button onClick={() => (failed.length > 0 ? uploads.retry(job.id) : uploads.again(job.id))}>
            {strings.retry}
          </Button>
          <GoOnWithout job={job} />
        </div>
      </Notice>
      {failed.length > 0 && <ChooseAgain job={job} failed={failed} />}
    </>
  );
}

function FailedFile({ id, path, why }: { id: string; path: string; why: string }) {
  const { uploads } = useService();
  const withdraw = useMutation({ mutationFn: () => uploads.withdraw(id, path) });
  return (
    <li>
      <span className="path">
        {path}: {why}
      </span>{' '}
      <Button
        variant="default"
        size="compact-sm"
        aria-label={strings.retryFile(path)}
        onClick={() => uploads.retry(id, [path])}
      >
        {strings.retry}
      </Button>{' '}
      <Button
        variant="default"
        size="compact-sm"
        aria-label={strings.leaveOutFile(path)}
        loading={withdraw.isPending}
        onClick={() => withdraw.mutate()}
      >
        {strings.leaveOut}
      </Button>
      {withdraw.error !== null && <Trouble title={strings.uploadFailed} error={withdraw.error} />}
    </li>
  );
}

/** The browser opens a file that has changed or come back only when it is chosen again. */
function ChooseAgain({ job, failed }: { job: JobView; failed: readonly string[] }) {
  const { call, uploads } = useService();
  const take = useMutation({
    mutationFn: async (picked: Picked) => {
      const check = await checkFolder(call, job, picked, new Set(failed));
      if (!check.isSame) return check;
      uploads.retry(job.id, failed, check.selection.send);
      return undefined;
    },
  });
  return (
    <DropZone title={strings.chooseAgain} onPicked={take.mutate}>
      <p className="soft">{strings.chooseAgainText}</p>
      {take.isPending && <p role="status">{strings.comparing}</p>}
      {take.data !== undefined && (
        <Notice kind="bad" title={strings.otherFolder(job.name)}>
          <FolderDifferences check={take.data} />
        </Notice>
      )}
      {take.error !== null && <Trouble title={strings.uploadFailed} error={take.error} />}
    </DropZone>
  );
}

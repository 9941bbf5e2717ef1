import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { Notice } from '../components/notice.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { checkFolder } from '../upload/check-folder.ts';
import { arrange, type KeptHandle, type Picked } from '../upload/collect.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { filesOfHandles, keepHandles, keptHandles } from '../upload/kept-handles.ts';
import { FolderDifferences } from './folder-difference.tsx';
import { GoOnWithout } from './go-on-without.tsx';

/** An upload that does not run in this tab: with the folder that the browser still knows, or with the same folder again. */
export function ContinueUpload({ job }: { job: JobView }) {
  const { call, uploads } = useService();
  const handles = useQuery({ queryKey: ['handles', job.id], queryFn: async () => (await keptHandles(job.id)) ?? null });
  const take = useMutation({
    mutationFn: async (picked: Picked | undefined) => {
      if (picked === undefined) return 'notAllowed';
      const check = await checkFolder(call, job, picked);
      if (!check.isSame) return check;
      if (picked.handles !== undefined) await keepHandles(job.id, picked.handles).catch(console.warn); // asked for again then
      uploads.start(job, check.selection);
      return undefined;
    },
  });
  const reopen = useMutation({
    mutationFn: async (kept: readonly KeptHandle[]) => {
      const found = await filesOfHandles(kept);
      take.mutate(found === undefined ? undefined : { ...arrange(found), handles: kept });
    },
  });
  const check = take.data;
  return (
    <>
      {handles.data != null && (
        <Notice kind="info" title={strings.uploadElsewhere}>
          <p>{strings.reopenText}</p>
          <Button loading={reopen.isPending || take.isPending} onClick={() => reopen.mutate(handles.data!)}>
            {strings.goOnUpload}
          </Button>
        </Notice>
      )}
      <DropZone title={strings.uploadElsewhere} onPicked={take.mutate}>
        <p className="soft">{strings.uploadElsewhereText}</p>
        {take.isPending && <p role="status">{strings.comparing}</p>}
        {check === 'notAllowed' && <Notice kind="bad" title={strings.notAllowed} />}
        {typeof check === 'object' && (
          <Notice kind="bad" title={strings.otherFolder(job.name)}>
            <FolderDifferences check={check} />
            <p>{strings.otherFolderText}</p>
          </Notice>
        )}
        {reopen.error !== null && <Trouble title={strings.uploadFailed} error={reopen.error} />}
        {take.error !== null && <Trouble title={strings.uploadFailed} error={take.error} />}
        {job.source === 'files' && job.counts.expected > 0 && <GoOnWithout job={job} />}
      </DropZone>
    </>
  );
}

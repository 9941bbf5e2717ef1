import { Button } from '@mantine/core';
import { Notice } from '../components/notice.tsx';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';
import type { FolderCheck } from '../upload/check-folder.ts';
import { FolderDifferences } from './folder-difference.tsx';

/** An upload that this folder continues, or one of another folder much like it, which it cannot continue. */
export function Unfinished({ check, onContinue }: { check: FolderCheck; onContinue(): void }) {
  const { job, isSame } = check;
  return (
    <Notice kind="info" title={strings.unfinished(job.name)}>
      {isSame ? (
        <>
          <p>{strings.unfinishedText(inTime(job.createdAt), job.counts.expected)}</p>
          <Button onClick={onContinue}>{strings.continueIt}</Button>
        </>
      ) : (
        <>
          <p>{strings.notContinued}</p>
          <FolderDifferences check={check} />
        </>
      )}
    </Notice>
  );
}

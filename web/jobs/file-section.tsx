import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { FileView, JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { useFiles } from '../api/queries.ts';
import { Show } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { useUpload } from '../upload/use-upload.ts';
import { FileList, listHeight } from './file-list.tsx';
import { hasStopped } from './is-active.ts';

type Filter = FileView['state'] | 'all';

/** Every file with its state; those that failed or were left out say why and what to do. */
export function FileSection({ job }: { job: JobView }) {
  const { done, failed, leftOut, pending, expected } = job.counts;
  const [chosen, setChosen] = useState<Filter>();
  const filter = chosen ?? (failed > 0 && (job.state === 'completed' || job.state === 'failed') ? 'failed' : 'all');
  const files = useFiles(job, filter === 'all' ? undefined : filter);
  const upload = useUpload(job.id);
  const { config } = useService();
  const isOver = hasStopped(job);
  return (
    <section>
      <h2>{strings.filesTitle}</h2>
      <NativeSelect
        className="narrow-field"
        label={strings.filesFilter}
        value={filter}
        onChange={(event) => setChosen(event.currentTarget.value as Filter)}
        data={[
          { value: 'all', label: strings.filesAll(expected) },
          { value: 'failed', label: strings.filesFailed(failed) },
          { value: 'leftOut', label: strings.filesLeftOut(leftOut) },
          { value: 'pending', label: (isOver ? strings.filesNotProcessed : strings.filesPending)(pending) },
          { value: 'done', label: strings.filesDone(done) },
        ]}
      />
      <div style={{ minHeight: listHeight(filter === 'failed' ? failed : expected) }}>
        <Show what={files}>
          {(list) =>
            list.length === 0 ? (
              <p className="soft">{expected === 0 ? strings.filesNotYet : strings.filesNone}</p>
            ) : (
              <FileList id={job.id} files={list} upload={upload} isOver={isOver} machines={config.machines} />
            )
          }
        </Show>
      </div>
    </section>
  );
}

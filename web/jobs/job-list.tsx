import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, useId, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { keys, useJobs } from '../api/queries.ts';
import { Chunk } from '../components/chunk.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { useSettled } from '../components/use-settled.ts';
import { inBytes, inTime } from '../format.ts';
import { Link } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { ExampleButton } from './example-button.tsx';
import { progressInWords } from './progress-in-words.ts';
import { StatusBadge } from './status-badge.tsx';
import { useDeleteJob } from './use-delete-job.ts';

const deleteManyDialog = async () => (await import('./dialogs.tsx')).DeleteManyDialog;

/** The user's jobs, those that are searched for; several can be deleted together. */
export function JobList() {
  const [search, setSearch] = useState('');
  const words = useSettled(search.trim(), 250);
  const { jobs, more } = useJobs(words);
  const hint = useId();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const shown = jobs.state === 'ready' ? jobs.data.filter(({ id }) => chosen.has(id)) : [];
  const hasJobs = search !== '' || words !== '' || (jobs.state === 'ready' && jobs.data.length > 0);
  const choose = (id: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <section>
      <h2>{strings.yourJobs}</h2>
      {hasJobs && (
        <TextInput
          className="narrow-field"
          type="search"
          label={strings.searchJobs}
          value={search}
          maxLength={200}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <DeleteChosen jobs={shown} onDone={() => setChosen(new Set())} />
      <Show what={jobs}>
        {(list) =>
          list.length === 0 ? (
            <NoJobs words={words} />
          ) : (
            <ul className="jobs" aria-describedby={hint} onKeyDown={onArrow}>
              {list.map((job) => (
                <JobRow key={job.id} job={job} isChosen={chosen.has(job.id)} onChoose={choose} />
              ))}
            </ul>
          )
        }
      </Show>
      <p id={hint} className="soft jobs-hint">
        {strings.jobKeys}
      </p>
      {more !== undefined && (
        <Button variant="default" onClick={more}>
          {strings.olderJobs}
        </Button>
      )}
    </section>
  );
}

const NoJobs = ({ words }: { words: string }) =>
  words === '' ? (
    <>
      <p className="soft">{strings.noJobs}</p>
      <ExampleButton />
    </>
  ) : (
    <p className="soft">{strings.noneFound(words)}</p>
  );

/** Deletes jobs one after the other, after a question that names them. What could not be deleted stays in the list. */
function DeleteChosen({ jobs, onDone }: { jobs: readonly JobView[]; onDone(): void }) {
  const client = useQueryClient();
  const deleteJob = useDeleteJob();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: async (chosen: readonly JobView[]) => {
      for (const { id } of chosen) await deleteJob(id);
    },
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs }),
  });
  return (
    <div className="row" aria-live="polite">
      {jobs.length > 0 && (
        <>
          <span>{strings.jobsChosen(jobs.length)}</span>
          <Button variant="default" className="danger" loading={remove.isPending} onClick={() => setAsking(true)}>
            {strings.deleteChosen(jobs.length)}
          </Button>
          <Button variant="default" onClick={onDone}>
            {strings.chooseNone}
          </Button>
        </>
      )}
      {remove.error !== null && <Trouble title={strings.deleteManyFailed} error={remove.error} />}
      {asking && (
        <Chunk
          load={deleteManyDialog}
          props={{ jobs, onClose: () => setAsking(false), onConfirm: () => remove.mutate(jobs) }}
        />
      )}
    </div>
  );
}

/** From a job's name to its box and back, and to the same of the jobs above and below. */
function onArrow(event: KeyboardEvent<HTMLUListElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // as Alt and an arrow goes back
  const at = event.target as HTMLElement;
  const row = at.closest('li');
  if (row === null) return;
  const wanted = (inRow: Element | null) => inRow?.querySelector<HTMLElement>(at.matches('a') ? 'a' : 'input');
  const { firstElementChild, lastElementChild } = event.currentTarget;
  const next = new Map([
    ['ArrowLeft', row.querySelector<HTMLElement>('input')],
    ['ArrowRight', row.querySelector<HTMLElement>('a')],
    ['ArrowUp', wanted(row.previousElementSibling)],
    ['ArrowDown', wanted(row.nextElementSibling)],
    ['Home', wanted(firstElementChild)],
    ['End', wanted(lastElementChild)],
  ]);
  const found = next.get(event.key);
  if (found == null) return;
  event.preventDefault();
  found.focus();
}

interface JobRowProps {
  job: JobView;
  isChosen: boolean;
  onChoose(id: string, isChosen: boolean): void;
}

function JobRow({ job, isChosen, onChoose }: JobRowProps) {
  const { id, name, note } = job;
  const until = job.storage?.downloadUntil;
  const end = until === undefined ? undefined : strings.untilInList(inTime(until));
  const facts = [progressInWords(job), inBytes(job.bytes), inTime(job.createdAt), end, note];
  return (
    <li>
      <Checkbox
        tabIndex={-1} // a job is one stop of the Tab key, its name
        aria-label={strings.chooseJob(name)}
        checked={isChosen}
        onChange={(event) => onChoose(id, event.currentTarget.checked)}
      />
      <Link className="job-name" href={jobHref(id)}>
        {name}
      </Link>
      <StatusBadge job={job} />
      <span className="soft">{facts.filter((part) => part !== undefined).join(' · ')}</span>
    </li>
  );
}

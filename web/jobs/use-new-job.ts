import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { identityOf } from '../../client/upload/identity.ts';
import { announcedOf, maxNotSent, type Selection } from '../../client/upload/select-files.ts';
import type { JobView, NewJobBody } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { useMe } from '../api/queries.ts';
import { findUnfinished, openJobs } from '../upload/check-folder.ts';
import type { Picked } from '../upload/collect.ts';
import { keepHandles } from '../upload/kept-handles.ts';
import type { PickedFile } from '../upload/picked-file.ts';
import { selectionOf } from '../upload/selection.ts';
import type { JobFields } from './job-fields.ts';
import { useShowBegun } from './use-show-begun.ts';

/** A job of what was picked: what it takes of it, the unfinished job that it continues, and how it is begun. */
export function useNewJob(picked: Picked, jobs: readonly JobView[], onBegun: () => void) {
  const { call, uploads } = useService();
  const showBegun = useShowBegun();
  const key = useRef(crypto.randomUUID());
  const me = useMe();
  const undecided = me.state === 'loading';
  const limits = me.state === 'ready' ? me.data.limits : undefined;
  const selection = useMemo(
    () => (undecided ? { send: picked.files, notSent: [] } : selectionOf(picked, limits)), // once: there may be thousands
    [picked, limits, undecided],
  );
  const open = openJobs(jobs, picked).filter(({ id }) => uploads.get(id)?.phase !== 'sending');
  const unfinished = useQuery({
    queryKey: ['unfinished', key.current, open.map(({ id }) => id)],
    enabled: open.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await findUnfinished(call, open, picked)) ?? null,
  });

  const begin = async (job: JobView, chosen: Selection<PickedFile>) => {
    // Without them the folder must be chosen again after the page was closed: no reason to stop here.
    if (picked.handles !== undefined) await keepHandles(job.id, picked.handles).catch(console.warn);
    uploads.start(job, chosen);
    onBegun();
    showBegun(job.id);
  };
  const bodyOf = async (fields: JobFields): Promise<NewJobBody> => {
    if (picked.source === 'files') return { source: 'files', announced: announcedOf(selection), ...fields };
    const archiveIdentity = await identityOf(picked.files[0]!);
    return { source: 'zip', archiveBytes: picked.bytes, archiveIdentity, ...fields };
  };
  const create = useMutation({
    mutationFn: async (fields: JobFields) => {
      const body = await bodyOf(fields);
      const job = await call('createJob', { body, key: key.current });
      await begin(job, selection);
    },
  });
  return {
    selection,
    known: unfinished.data ?? undefined,
    comparing: unfinished.isFetching,
    /** Even to list those that are not sent. */
    tooMany: selection.notSent.length > maxNotSent,
    /** The plan's limits are not known yet, by which something may stay out. */
    undecided,
    begin,
    create,
  };
}

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { kindsOf, offeredChannels } from '../image/offered-channels.ts';
import type { Picked } from '../upload/collect.ts';
import type { PickedFile } from '../upload/picked-file.ts';
import { lookedInto } from '../upload/selection.ts';

const keyOf = (files: readonly PickedFile[]) =>
  files.map(({ path, bytes, body }) => [path, bytes, (body as File).lastModified]);

/**
 * Looks into images of a folder before anything is sent: what the first is, and which channels those have that are spread
 * over the folder. `axes`: the setting of the job. `readable`: the first that can be read; `waits`: that is not known yet.
 */
export function useLook(picked: Picked, axes: string | undefined) {
  const { first: firsts, spread } = useMemo(() => lookedInto(picked), [picked]); // many may come before the first
  const folder = useMemo(() => new Map(picked.files.map(({ path, body }) => [path, body])), [picked]);
  const how = { staleTime: Number.POSITIVE_INFINITY, placeholderData: keepPreviousData }; // while other axes are tried
  const look = useQuery({
    queryKey: ['look', axes ?? null, ...keyOf(firsts)],
    enabled: firsts.length > 0,
    ...how,
    queryFn: async () => (await import('../image/look.ts')).lookIntoFirst(firsts, { axes, folder }),
  });
  const all = useQuery({
    queryKey: ['look into each', axes ?? null, ...keyOf(spread)],
    enabled: look.data !== undefined, // the first image before the others: it is shown
    ...how,
    queryFn: async () => (await import('../image/look.ts')).lookIntoEach(spread, { axes, folder }),
  });
  const seen = look.data?.seen;
  const kinds = useMemo(
    () => kindsOf(all.data ?? (seen === undefined ? [] : [{ ...seen.info, path: seen.path }])),
    [all.data, seen],
  );
  const offered = useMemo(() => offeredChannels(kinds), [kinds]);
  const readable = firsts.find(({ path }) => path === seen?.path);
  const waits = firsts.length > 0 && look.isPending;
  return { firsts, look, readable, waits, offered, kinds };
}

import { useQueryClient } from '@tanstack/react-query';
import { keys } from '../api/queries.ts';
import { go } from '../navigation.tsx';
import { jobHref } from '../route.ts';

const begun = new Set<string>();

/** Was it begun in this tab, since it was opened? */
export const isBegunHere = (id: string): boolean => begun.has(id);

/** Shows a job that was begun just now. The list is asked for it at once, and its end is told though the list may never see it run. */
export function useShowBegun(): (id: string) => void {
  const client = useQueryClient();
  return (id) => {
    begun.add(id);
    void client.invalidateQueries({ queryKey: keys.jobs });
    go(jobHref(id));
  };
}

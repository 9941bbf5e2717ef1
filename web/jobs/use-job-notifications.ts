import { useEffect, useRef } from 'react';
import type { JobView } from '../../functions/contract/schemas.ts';
import { isActive, useJobs } from '../api/queries.ts';
import { strings } from '../strings.ts';
import { shareDone } from './share-done.ts';

/** Asked for on a click, once; the browser remembers the answer. */
const mayNotify = (): boolean => 'Notification' in window && Notification.permission === 'granted';

/** The title of the document says how far the newest running job is, and that one became ready; so does a notification. */
export function useJobNotifications(): void {
  const { jobs } = useJobs();
  const list = jobs.state === 'ready' ? jobs.data : undefined;
  const running = useRef(new Set<string>());
  const last = useRef<JobView>(undefined);

  useEffect(() => {
    if (list === undefined) return;
    for (const job of list) {
      if (running.current.has(job.id) && (job.state === 'completed' || job.state === 'failed')) {
        last.current = job;
        if (mayNotify()) tell(job);
      }
    }
    running.current = new Set(list.filter(isActive).map(({ id }) => id));
    const current = list.find(isActive);
    if (current !== undefined) {
      document.title = strings.titleRunning(Math.floor(100 * shareDone(current)), current.name);
    } else if (last.current !== undefined) {
      const { name, state } = last.current;
      document.title = state === 'completed' ? strings.titleReady(name) : strings.titleFailed(name);
    } else document.title = strings.product;
  }, [list]);
}

function tell({ id, name, state, counts }: JobView): void {
  const body = strings.readyText(strings.states[state], counts.failed, counts.expected - counts.leftOut);
  const note = new Notification(strings.ready(name), { body, tag: id, icon: '/icon.svg' });
  note.onclick = () => {
    window.focus();
    note.close();
  };
}

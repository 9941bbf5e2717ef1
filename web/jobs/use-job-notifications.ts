import { useEffect, useRef } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { useJobs } from '../api/queries.ts';
import { documentTitle, useShownScreen } from '../screen-title.ts';
import { strings } from '../strings.ts';
import { EndedJobs } from './ended-jobs.ts';
import { isActive } from './is-active.ts';
import { shareDone } from './share-done.ts';
import { isBegunHere } from './use-show-begun.ts';

/** Asked for on a click, once; the browser remembers the answer. */
const mayNotify = (): boolean => 'Notification' in window && Notification.permission === 'granted';

/** The title of the document says how far the newest running job is, and that one became ready; so does a notification. */
export function useJobNotifications(): void {
  const { uploads } = useService();
  const { jobs } = useJobs();
  const list = jobs.state === 'ready' ? jobs.data : undefined;
  const ended = useRef(new EndedJobs());
  const last = useRef<JobView>(undefined);
  const screen = useShownScreen();

  useEffect(() => {
    if (list === undefined) return;
    for (const job of ended.current.look(list, (id) => isBegunHere(id) || uploads.get(id) !== undefined)) {
      last.current = job;
      if (mayNotify()) tell(job);
    }
    document.title = documentTitle(
      newsOf(list, last.current, (id) => uploads.get(id) !== undefined),
      screen,
    );
  }, [list, screen, uploads]);
}

/** How far the newest job is that something is done for now, or how the last one ended. An upload that is not sent any more is no news. */
function newsOf(list: readonly JobView[], ended: JobView | undefined, sends: (id: string) => boolean) {
  const running = list.find((job) => isActive(job) && (job.state !== 'uploading' || sends(job.id)));
  if (running !== undefined) return strings.titleRunning(Math.floor(100 * shareDone(running)), running.name);
  if (ended === undefined) return undefined;
  return ended.state === 'completed' ? strings.titleReady(ended.name) : strings.titleFailed(ended.name);
}

function tell({ id, name, state, counts }: JobView): void {
  const body = strings.readyText(strings.states[state], counts.failed, counts.expected - counts.leftOut);
  const note = new Notification(strings.ready(name), { body, tag: id, icon: '/icon.svg' });
  note.onclick = () => {
    window.focus();
    note.close();
  };
}

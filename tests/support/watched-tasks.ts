import type { Browser } from 'playwright-core';

/** What Chromium's tracing says; times in microseconds. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  /** Of the processor: what the thread waited for does not count. Absent where it is less than one. */
  tdur?: number;
  args?: { name?: string; data?: { type?: string } };
}

const wanted = ['ThreadControllerImpl::RunTask', 'EventDispatch', 'thread_name'];

/**
 * Watches the main threads of a browser's pages. The function that it returns ends that, and returns the milliseconds of
 * processor time of each task since the first `change` event. Of the task with that event, in which the browser makes its
 * list of files, only the event counts.
 */
export async function watchTasks(browser: Browser): Promise<() => Promise<number[]>> {
  const client = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  client.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]).filter(({ name }) => wanted.includes(name)));
  });
  const includedCategories = ['toplevel', 'devtools.timeline'];
  await client.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  return async () => {
    const complete = new Promise((resolve) => client.once('Tracing.tracingComplete', resolve));
    await client.send('Tracing.end');
    await complete;
    await client.detach();
    return tasksOf(events);
  };
}

function tasksOf(events: readonly TraceEvent[]): number[] {
  const change = events.find(({ name, args }) => name === 'EventDispatch' && args?.data?.type === 'change');
  if (change === undefined) throw new Error('the trace has no change event');
  const main = new Set(
    events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain').map(threadOf),
  );
  const tasks = events.filter(
    (event) => event.name === wanted[0] && event.ph === 'X' && event.ts > change.ts && main.has(threadOf(event)),
  );
  return [change, ...tasks].map(({ tdur = 0 }) => tdur / 1000);
}

const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;

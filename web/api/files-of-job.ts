import type { Call } from '../../client/call.ts';
import type { FileView } from '../../functions/contract/jobs.ts';

interface Wanted {
  state?: FileView['state'] | undefined;
  signal?: AbortSignal | undefined;
}

/** All files of a job in order of their paths: a call a thousand. */
export async function filesOfJob(call: Call, id: string, { state, signal }: Wanted = {}): Promise<FileView[]> {
  const all: FileView[] = [];
  let cursor: string | undefined;
  do {
    const page = await call('listFiles', { params: { id }, query: { state, cursor }, signal });
    all.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

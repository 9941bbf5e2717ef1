import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

/** What everybody used this month, for administrators. */
export async function showLab({ url }: { url: string }, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  context.io.emit('users.usage', { lab: await client.call('showLab') });
}

/** Writes what the service keeps of the person who signs in, one list for each of its stores. Throws `outputUnwritable`. */
export async function exportMe(file: string, { url }: { url: string }, context: CommandContext): Promise<void> {
  const { client, origin } = await connect(url, context);
  const kept: Record<string, unknown[]> = {};
  let cursor: string | undefined;
  do {
    const page = await client.call('exportMe', { query: cursor === undefined ? {} : { cursor } });
    const items = kept[page.store] ?? [];
    items.push(...page.items);
    kept[page.store] = items;
    cursor = page.cursor;
  } while (cursor !== undefined);
  const path = resolve(context.cwd, file);
  await writeFile(path, `${JSON.stringify(kept, null, 2)}\n`, { flag: 'wx', mode: 0o600 }).catch((error: Error) => {
    throw new UserError('outputUnwritable', { folder: path, detail: error.message }, { cause: error });
  });
  const counts = Object.fromEntries(Object.entries(kept).map(([store, items]) => [store, items.length]));
  context.io.emit('users.exported', { service: origin, file, counts });
}

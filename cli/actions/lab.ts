import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { archivedOfLab } from '../../client/archived.ts';
import { everythingOfMe } from '../../client/people.ts';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

/** What everybody used this month, and what is archived, for administrators. */
export async function showLab({ url }: { url: string }, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const lab = await client.call('showLab');
  const archive = await archivedOfLab((cursor) =>
    client.call('listArchive', { query: cursor === undefined ? {} : { cursor } }),
  );
  context.io.emit('users.usage', { lab, ...(archive !== undefined && { archive }) });
}

/** Who asks for another plan, for administrators. */
export async function listPlanRequests({ url }: { url: string }, context: CommandContext): Promise<void> {
  const { client, origin } = await connect(url, context);
  context.io.emit('users.requests', { service: origin, requests: (await client.call('listPlanRequests')).items });
}

/** Writes what the service keeps of the person who signs in, one list for each of its stores. Throws `outputUnwritable`. */
export async function exportMe(file: string, { url }: { url: string }, context: CommandContext): Promise<void> {
  const path = resolve(context.cwd, file);
  const unwritable = (error: Error) => {
    throw new UserError('outputUnwritable', { folder: path, detail: error.message }, { cause: error });
  };
  const written = await open(path, 'wx', 0o600).catch(unwritable); // before anything is asked of the service
  let kept: Record<string, unknown[]>;
  let origin: string;
  try {
    const connected = await connect(url, context);
    ({ origin } = connected);
    const { client } = connected;
    kept = await everythingOfMe((cursor) => client.call('exportMe', { query: cursor === undefined ? {} : { cursor } }));
    await written.writeFile(`${JSON.stringify(kept, null, 2)}\n`).catch(unwritable);
  } catch (error) {
    await written.close();
    await rm(path, { force: true });
    throw error;
  }
  await written.close();
  const counts = Object.fromEntries(Object.entries(kept).map(([store, items]) => [store, items.length]));
  context.io.emit('users.exported', { service: origin, file, counts });
}

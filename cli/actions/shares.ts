import type { ShareView } from '../../functions/contract/shares.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export async function shareJob(id: string, email: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  context.io.emit('jobs.shared', { share: await client.call('shareJob', { params: { id }, body: { email } }) });
}

/** Throws `shareUnknown` where the job is not shared with that address. */
export async function unshareJob(
  id: string,
  email: string,
  { url }: OnService,
  context: CommandContext,
): Promise<void> {
  const { client } = await connect(url, context);
  const { items } = await client.call('listJobShares', { params: { id } });
  const share = items.find(({ member }) => member.email.toLowerCase() === email.trim().toLowerCase());
  if (share === undefined) throw new UserError('shareUnknown', { job: id, email });
  await client.call('unshareJob', { params: { id, member: share.member.id } });
  context.io.emit('jobs.unshared', { job: id, email: share.member.email });
}

export async function listShares({ url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const shares: ShareView[] = [];
  for await (const share of allItems(({ cursor }) => client.call('listShares', { query: { cursor } })))
    shares.push(share);
  context.io.emit('jobs.shares', { shares });
}

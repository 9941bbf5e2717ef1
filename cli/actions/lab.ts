import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';

/** What everybody used this month, for administrators. */
export async function showLab({ url }: { url: string }, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  context.io.emit('users.usage', { lab: await client.call('showLab') });
}

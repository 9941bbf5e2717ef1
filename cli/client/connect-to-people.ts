import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type Connection, connect } from './connect.ts';

/** As `connect`, to a service that has pictures of people. Throws `peopleOff`. */
export async function connectToPeople(url: string, context: CommandContext): Promise<Connection> {
  const connection = await connect(url, context);
  if (connection.config.gallery !== 'people') throw new UserError('peopleOff', { url });
  return connection;
}

import type { PublicConfig } from '../../functions/contract/service.ts';
import type { CommandContext } from '../context.ts';
import { publicConfig, type ServiceClient, serviceClient } from './service-client.ts';
import { signIn } from './sign-in.ts';

export interface Connection {
  origin: string;
  config: PublicConfig;
  client: ServiceClient;
}

/** Finds the service at an address and signs in. Throws `serviceUnreachable` and what sign-in throws. */
export async function connect(url: string, context: CommandContext): Promise<Connection> {
  const { origin } = new URL(url);
  const config = await publicConfig(origin, context.signal);
  return { origin, config, client: serviceClient(origin, await signIn(origin, config, context), context.signal) };
}

import type { PublicConfig } from '../../functions/contract/schemas.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { publicConfig, type ServiceClient, serviceClient } from './service-client.ts';
import { signIn } from './sign-in.ts';

export interface Connection {
  origin: string;
  config: PublicConfig;
  client: ServiceClient;
}

/** Finds the service at an address and signs in. Throws `serviceUnreachable` and what sign-in throws. */
export async function connect(url: string, services: CommandContext): Promise<Connection> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UserError('usage', [`'${url}' is no address of a service`, 'submit']);
  const { origin } = new URL(url);
  const config = await publicConfig(origin, services.signal);
  return { origin, config, client: serviceClient(origin, await signIn(origin, config, services), services.signal) };
}

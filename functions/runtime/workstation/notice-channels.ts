import { openTextSecret } from '../../adapters/local/secret.ts';
import { type MailServer, readMailServer, smtpSender } from '../../adapters/local/smtp.ts';
import { emailKey } from '../../identity/email-address.ts';
import type { NoticeSetup } from './notices.ts';

/** Characters of a web hook's secret; what is shorter can be guessed. */
export const shortestSecret = 16;

/**
 * The channel by mail. `url`: smtp:// or smtps://. Without `from` the sender is the server's login, where that is an
 * address. A server that cannot be reached now is reported by `onDown` and not waited for: mails wait for it.
 */
export function openMailChannel(
  { url, from: stated }: { url: string; from?: string },
  onDown: (error: Error) => void,
): NonNullable<NoticeSetup['mail']> | 'server invalid' | 'sender missing' {
  const server = readMailServer(url);
  if (server === undefined) return 'server invalid';
  const from = stated ?? loginAddress(server);
  if (from === undefined || emailKey(from) === undefined) return 'sender missing';
  const sender = smtpSender(server, from);
  void sender.check().catch(onDown);
  return { sender, from };
}

const loginAddress = ({ login }: MailServer): string | undefined =>
  login !== undefined && emailKey(login.user) !== undefined ? login.user : undefined;

export interface HookChannel {
  hook: NonNullable<NoticeSetup['hook']>;
  /** Where the data folder keeps the secret; absent for one that was given. */
  kept?: { host: string; file: string };
}

/** The channel by a web hook; without a `secret` one is made on first use and kept in the data folder. */
export async function openHookChannel(
  { url, secret: given }: { url: string; secret?: string },
  dataFolder: string,
): Promise<HookChannel | 'address invalid' | 'secret short'> {
  const { protocol, username, password, host } = URL.canParse(url) ? new URL(url) : new URL('none:');
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') return 'address invalid';
  if (given !== undefined) return given.length < shortestSecret ? 'secret short' : { hook: { url, secret: given } };
  const { secret, file } = await openTextSecret(dataFolder, 'webhook');
  return { hook: { url, secret }, kept: { host, file } };
}

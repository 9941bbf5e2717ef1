import type { CommandContext } from '../../../cli/context.ts';
import { UserError } from '../../../cli/errors.ts';
import { openTextSecret } from '../../adapters/local/secret.ts';
import { type MailServer, readMailServer, smtpSender } from '../../adapters/local/smtp.ts';
import { emailKey } from '../../identity/email-address.ts';
import type { Telling } from './notices.ts';

export interface NoticeOptions {
  smtp?: string;
  mailFrom?: string;
  webhook?: string;
}

/** Characters; what is shorter can be guessed. */
const shortestSecret = 16;

/** How owners are told, as flags and environment say. Passwords and secrets stay in it: nothing of them is told or thrown. */
export async function tellingOf(
  { smtp, mailFrom, webhook }: NoticeOptions,
  dataFolder: string,
  { env, io }: Pick<CommandContext, 'env' | 'io'>,
): Promise<Telling> {
  const mailUrl = smtp ?? env.LABDEPLOY_SMTP ?? '';
  const hookUrl = webhook ?? env.LABDEPLOY_WEBHOOK ?? '';
  return {
    ...(mailUrl !== '' && { mail: mailOf(mailUrl, mailFrom, io) }),
    ...(hookUrl !== '' && { hook: await hookOf(hookUrl, dataFolder, { env, io }) }),
  };
}

function mailOf(url: string, mailFrom: string | undefined, io: CommandContext['io']): NonNullable<Telling['mail']> {
  const server = readMailServer(url);
  if (server === undefined) throw new UserError('mailServerInvalid', {});
  const from = mailFrom ?? loginAddress(server);
  if (from === undefined || emailKey(from) === undefined)
    throw new UserError('mailFromNeeded', { given: mailFrom ?? '' });
  const sender = smtpSender(server, from);
  // Looked at once, and not waited for: mails wait for a server that comes later.
  void sender.check().catch((error: Error) => io.emit('local.mailDown', { message: error.message }));
  return { sender, from };
}

const loginAddress = ({ login }: MailServer): string | undefined =>
  login !== undefined && emailKey(login.user) !== undefined ? login.user : undefined;

async function hookOf(
  url: string,
  dataFolder: string,
  { env, io }: Pick<CommandContext, 'env' | 'io'>,
): Promise<NonNullable<Telling['hook']>> {
  const { protocol, username, password, host } = URL.canParse(url) ? new URL(url) : new URL('none:');
  if ((protocol !== 'http:' && protocol !== 'https:') || username !== '' || password !== '') {
    throw new UserError('webHookInvalid', {});
  }
  const given = env.LABDEPLOY_WEBHOOK_SECRET ?? '';
  if (given !== '' && given.length < shortestSecret)
    throw new UserError('webHookSecretShort', { characters: shortestSecret });
  if (given !== '') return { url, secret: given };
  const { secret, file } = await openTextSecret(dataFolder, 'webhook');
  io.emit('local.hookSecret', { host, file });
  return { url, secret };
}

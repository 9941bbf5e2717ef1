import {
  openHookChannel,
  openMailChannel,
  shortestSecret,
} from '../../functions/runtime/workstation/notice-channels.ts';
import type { NoticeSetup } from '../../functions/runtime/workstation/notices.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

export interface NoticeOptions {
  smtp?: string;
  mailFrom?: string;
  webhook?: string;
}

type Surroundings = Pick<CommandContext, 'env' | 'io'>;

/** How owners are notified, as flags and environment say. Passwords and secrets stay in it: none is shown or thrown. */
export async function noticesOf(
  { smtp, mailFrom, webhook }: NoticeOptions,
  dataFolder: string,
  surroundings: Surroundings,
): Promise<NoticeSetup> {
  const { env, io } = surroundings;
  const mailUrl = smtp ?? env.LABDEPLOY_SMTP ?? '';
  const hookUrl = webhook ?? env.LABDEPLOY_WEBHOOK ?? '';
  return {
    ...(mailUrl !== '' && { mail: mailOf(mailUrl, mailFrom, io) }),
    ...(hookUrl !== '' && { hook: await hookOf(hookUrl, dataFolder, surroundings) }),
  };
}

function mailOf(url: string, from: string | undefined, io: CommandContext['io']): NonNullable<NoticeSetup['mail']> {
  const channel = openMailChannel({ url, ...(from !== undefined && { from }) }, ({ message }) =>
    io.emit('local.mailDown', { message }),
  );
  if (channel === 'server invalid') throw new UserError('mailServerInvalid', {});
  if (channel === 'sender missing') throw new UserError('mailFromNeeded', { given: from ?? '' });
  return channel;
}

async function hookOf(
  url: string,
  dataFolder: string,
  { env, io }: Surroundings,
): Promise<NonNullable<NoticeSetup['hook']>> {
  const secret = env.LABDEPLOY_WEBHOOK_SECRET ?? '';
  const channel = await openHookChannel({ url, ...(secret !== '' && { secret }) }, dataFolder);
  if (channel === 'address invalid') throw new UserError('webHookInvalid', {});
  if (channel === 'secret short') throw new UserError('webHookSecretShort', { characters: shortestSecret });
  if (channel.kept !== undefined) io.emit('local.hookSecret', channel.kept);
  return channel.hook;
}

import { type MailSender, mailNotifier } from '../../adapters/local/smtp.ts';
import { type WebHook, webHookNotifier } from '../../adapters/local/web-hook.ts';
import { publicLink } from '../../api/links.ts';
import type { PublicLinks } from '../../api/services.ts';
import { Failure } from '../../core/errors.ts';
import { dayMs } from '../../core/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Accounts } from '../../ports/identity.ts';
import type { Addresses, Notices } from '../../ports/notifier.ts';

/** A public link in a mail is good for so long. */
const linkDays = 7;

/** How owners are notified that a job ended: by mail, by a web hook, or both. */
export interface NoticeSetup {
  /** `from`: the sender's address; without accounts also where notices go. */
  mail?: { sender: MailSender; from: string };
  hook?: WebHook;
}

/** Undefined where owners are not notified. */
export function localNotices(
  { mail, hook }: NoticeSetup,
  {
    accounts,
    page,
    links,
    clock,
  }: { accounts: Accounts | undefined; page: string; links: PublicLinks | undefined; clock: Clock },
): Notices | undefined {
  if (mail === undefined && hook === undefined) return undefined;
  return {
    channels: {
      ...(mail !== undefined && { mail: mailNotifier(mail.sender) }),
      ...(hook !== undefined && { hook: webHookNotifier(hook, clock) }),
    },
    addresses: accounts === undefined ? { find: async () => mail?.from } : accountAddresses(accounts),
    page,
    ...(links !== undefined && {
      publicLink: ({ owner, id }) => publicLink({ owner, id, expiresAt: clock.now() + linkDays * dayMs }, links),
    }),
  };
}

const accountAddresses = (accounts: Accounts): Addresses => ({
  async find(owner) {
    try {
      const { email, state } = await accounts.find(owner);
      return state === 'active' ? email : undefined;
    } catch (error) {
      if (error instanceof Failure && error.code === 'accountMissing') return undefined;
      throw error;
    }
  },
});

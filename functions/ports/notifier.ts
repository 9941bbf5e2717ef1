import type { Letter } from '../core/letter.ts';
import type { NoticeChannel } from '../core/messages.ts';
import type { Notice } from '../core/notice.ts';
import type { JobRef } from '../core/object-keys.ts';

/**
 * One way out for notices. What is thrown is tried again later, so a notice may arrive twice: both have its `id`.
 * Nothing of a channel's secrets is in what it throws.
 */
export interface Notifier<N extends Letter = Notice> {
  /** `to`: an e-mail address; only the channel `mail` gets one. Resolves when the next server has taken the notice. */
  send(notice: N, options: { to?: string; signal?: AbortSignal }): Promise<void>;
}

/** Where people are reached. */
export interface Addresses {
  /** The e-mail address of an owner (`sub`); undefined for whoever has none, or may not sign in any more. */
  find(owner: string): Promise<string | undefined>;
}

/** What a service has to tell owners with. */
export interface Notices {
  /** Those that are configured. */
  channels: Partial<Record<NoticeChannel, Notifier>> & { mail?: Notifier<Letter> };
  addresses: Addresses;
  /** Origin of the web page, where links lead. */
  page: string;
  /** A link to a job's results that needs no sign-in; absent where the lab does not allow them. */
  publicLink?(job: JobRef): { url: string; expiresAt: number };
}

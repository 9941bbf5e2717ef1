import type { NoticeMessage } from '../../core/messages.ts';
import type { MessageHandler } from '../handler.ts';
import { notify } from './descriptor.ts';
import { type NotifyResult, type NotifyServices, notifyOwner } from './notify.ts';

/** One message of the notices queue. */
export const handler = {
  stage: notify,
  handle: notifyOwner,
  logLine: (result) => ['notified', { result }],
} satisfies MessageHandler<NoticeMessage, NotifyServices, NotifyResult>;

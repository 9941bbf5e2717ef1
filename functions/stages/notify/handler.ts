import type { NoticeMessage } from '../../core/messages.ts';
import { notify } from './descriptor.ts';
import { type NotifyServices, notifyOwner } from './notify.ts';

/** One message of the notices queue. */
export const notifyHandler = {
  stage: notify,
  handle: (message: NoticeMessage, services: NotifyServices) => notifyOwner(message, services),
};

import type { PictureMessage } from '../../core/messages.ts';
import type { MessageHandler } from '../handler.ts';
import { pictures } from './descriptor.ts';
import type { PictureServices } from './services.ts';
import { type PictureWork, workOnPicture } from './work.ts';

/** One message of the pictures queue. */
export const handler = {
  stage: pictures,
  handle: workOnPicture,
  logLine: (work) => ['worked on a picture', { work }],
} satisfies MessageHandler<PictureMessage, PictureServices, PictureWork>;

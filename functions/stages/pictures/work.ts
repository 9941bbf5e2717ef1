import type { PictureMessage } from '../../core/messages.ts';
import { type CompleteResult, complete } from './complete.ts';
import { type CropResult, crop } from './crop.ts';
import { openedOf, type PictureServices } from './services.ts';
import { type SwapResult, swap } from './swap.ts';
import { withdraw } from './withdraw.ts';

export interface PictureWork {
  kind: PictureMessage['kind'];
  result: CropResult | SwapResult | CompleteResult | { removed: number };
}

/** What one message asks for. */
export async function workOnPicture(
  { kind, owner, id }: PictureMessage,
  services: PictureServices,
): Promise<PictureWork> {
  const opened = openedOf(services);
  if (kind === 'withdraw') return { kind, result: await withdraw({ owner, ...(id !== undefined && { id }) }, opened) };
  if (id === undefined) throw new TypeError(`a message to ${kind} a picture names none`);
  return { kind, result: await { crop, swap, complete }[kind]({ owner, id }, opened) };
}

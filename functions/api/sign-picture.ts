import type { SignedRequestView } from '../contract/signed-request.ts';
import type { Figure } from '../core/figure.ts';
import { type figureParts, figureRef } from '../core/object-keys.ts';
import type { ApiServices } from './services.ts';
import { signedView } from './views.ts';

/** A signed download of a picture of a card. */
export async function signPicture(
  figure: Figure,
  part: (typeof figureParts)[number],
  expiresSeconds: number,
  { signed }: Pick<ApiServices, 'signed'>,
): Promise<SignedRequestView & { method: 'GET' }> {
  return signedView(await signed.signGet(figureRef(figure, part), { expiresSeconds, contentType: 'image/png' }));
}

/** Where the page of a card is, for whoever has its address. */
export const figureUrl = (id: string, { origins }: Pick<ApiServices, 'origins'>): string =>
  `${origins[0]}/gallery/${id}`;

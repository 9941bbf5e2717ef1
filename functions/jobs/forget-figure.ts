import type { Figure } from '../core/figure.ts';
import { figureParts, figureRef } from '../core/object-keys.ts';
import type { Figures } from '../ports/figures.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Removes a card with its pictures; the row last, so that a removal that is cut off can be repeated. */
export async function forgetFigure(
  figure: Pick<Figure, 'id'>,
  { figures, objects }: { figures: Figures; objects: Pick<ObjectStore, 'remove'> },
): Promise<void> {
  for (const part of figureParts) await objects.remove(figureRef(figure, part));
  await figures.remove(figure.id);
}

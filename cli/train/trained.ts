import type { HeldOut } from './judge-trained.ts';
import type { TrainingCard } from './training-card.ts';

/** A model whose training is done, before it is scored. */
export interface Trained {
  /** Mean loss of each epoch; none of a pixel classifier. */
  losses: readonly number[];
  versions: Record<string, string>;
  /** Absent where it knows nothing that it could have forgotten. */
  heldOut?: HeldOut;
  /** Writes its package anew with this card; returns the folder. */
  writePackage(name: string, card: TrainingCard): Promise<string>;
}

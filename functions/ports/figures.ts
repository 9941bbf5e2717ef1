import type { Figure, FigureScope } from '../core/figure.ts';
import type { Page } from './job-store.ts';

interface FiguresPage {
  cursor?: string;
  /** Default 100. */
  limit?: number;
}

/**
 * The cards of the gallery, without their pictures. What was acknowledged survives the death of the process. Cards that are
 * over are there until they are removed: whoever shows them looks at `until`.
 */
export interface Figures {
  /** Nothing happens where a card of this id is there. */
  add(figure: Figure): Promise<void>;
  get(id: string): Promise<Figure | undefined>;
  /** Takes the place of the card of its id and owner; false: there is none. */
  replace(figure: Figure): Promise<boolean>;
  /** Nothing happens where it is missing. */
  remove(id: string): Promise<void>;
  /** Newest first: `lab` gives every card, `public` those that are public. */
  list(scope: FigureScope, page?: FiguresPage): Promise<Page<Figure>>;
  /** What a person has published, newest first. */
  byOwner(owner: string, page?: FiguresPage): Promise<Page<Figure>>;
  /** Cards that were over at `now` (ms since 1970), the longest first, at most `limit`. */
  over(now: number, limit: number): Promise<Figure[]>;
}

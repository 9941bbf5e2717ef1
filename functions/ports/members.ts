import type { Plan } from '../core/plans.ts';

/** What the people of the lab may do, known also when nobody is signed in. */
export interface Members {
  /** The owner's plan as it is now, not as their last token says; that of everybody for who has none, or is not there any more. */
  planOf(owner: string): Promise<Plan>;
}

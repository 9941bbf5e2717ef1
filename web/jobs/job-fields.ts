import type { NewJobBody } from '../../functions/contract/jobs.ts';
import type { JobChoices } from '../../functions/core/job-choices.ts';

/** What the user chooses in the form. */
export type JobFields = Pick<NewJobBody, 'name' | 'model' | 'probabilities' | keyof JobChoices>;

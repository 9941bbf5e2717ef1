import { z } from 'zod';
import { plansSchema } from './api-environment.ts';

/** What a function must know that looks up who is on which plan, as JSON in one variable. */
export const membersEnvironment = z.strictObject({
  /** Where people are: the Cognito pool's id. */
  userPoolId: z.string().min(1),
  plans: plansSchema,
});

export type MembersEnvironment = z.infer<typeof membersEnvironment>;

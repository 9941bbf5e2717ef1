import { z } from 'zod';

/** What the trigger before a sign-up must know, as JSON in one variable. Domains in lower case, to the letter: a subdomain is another. */
export const signUpEnvironment = z.strictObject({ domains: z.array(z.string().min(1)).min(1) });

export type SignUpEnvironment = z.infer<typeof signUpEnvironment>;

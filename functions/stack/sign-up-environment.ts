import { z } from 'zod';

/**
 * What the trigger before a sign-up must know, as JSON in one variable. Domains in lower case, to the letter: a subdomain is
 * another.
 */
export const signUpEnvironment = z.strictObject({
  signUp: z.enum(['invite', 'domains', 'open']),
  /** Of `signUp`: `domains`. */
  domains: z.array(z.string().min(1)),
  /** By name of the pool's provider the domains that it may bring people of; empty: all. */
  institutions: z.record(z.string(), z.array(z.string().min(1))),
});

export type SignUpEnvironment = z.infer<typeof signUpEnvironment>;

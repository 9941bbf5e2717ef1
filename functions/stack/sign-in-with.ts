import { z } from 'zod';

/** A domain of e-mail addresses, in lower case. */
export const domainName = z
  .string()
  .regex(/^(?!-)[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u, 'not a domain, as in lab.example')
  .transform((name) => name.toLowerCase());

/** Plain HTTP is for an issuer on this machine. */
const address = z
  .string()
  .regex(
    /^(https:\/\/|http:\/\/(localhost|127\.0\.0\.1)(:|\/|$))[^\s?#]*$/,
    'not an address that begins with https://, without ? and #',
  );

const row = z.strictObject({
  /** As people know the institution: "Sign in with Globus". It also names the secret. */
  name: z
    .string()
    .max(40)
    .regex(/^[A-Za-z0-9]([A-Za-z0-9 .-]*[A-Za-z0-9])?$/, 'letters, digits, blanks, dots and dashes, at most 40'),
  /** To the letter, as its description below /.well-known/openid-configuration says it. */
  issuer: address,
  clientId: z.string().min(1).max(256),
  /** Only people with an address of one of these domains may come in, to the letter: a subdomain is another domain. */
  allowedDomains: z.array(domainName).min(1).optional(),
  /**
   * The claim that says the person's address. `email` counts only where the issuer has verified it; `preferred_username` is
   * for an issuer whose people cannot choose it, as Globus, and needs `allowedDomains`.
   */
  addressClaim: z.enum(['email', 'preferred_username']).default('email'),
  /** Where people sign out of the institution, if its description does not say. */
  signOutUrl: address.optional(),
  /** On AWS the broker signs in with it instead of Cognito. It does so anyway with Globus, and by `preferred_username`. */
  broker: z.boolean().optional(),
});

/** An institution that people may sign in with, by OpenID Connect. */
export type SignInWith = z.infer<typeof row>;

/** The rows of the setting `signInWith`. */
export const signInWithSchema = z
  .array(row)
  .max(10)
  .superRefine((rows, context) => {
    const refuse = (at: number, key: keyof SignInWith, message: string) =>
      context.addIssue({ code: 'custom', path: [at, key], message });
    rows.forEach((one, at) => {
      const before = rows.slice(0, at);
      if (before.some((other) => rowId(other) === rowId(one))) refuse(at, 'name', 'another row has this name');
      if (before.some(({ issuer }) => issuer === one.issuer)) refuse(at, 'issuer', 'another row has this issuer');
      if (one.addressClaim === 'preferred_username' && one.allowedDomains === undefined)
        refuse(at, 'allowedDomains', 'missing: addressClaim is preferred_username');
    });
  });

/** Names the row in addresses, cookies and variables: lower-case letters, digits and single dashes. */
export const rowId = ({ name }: Pick<SignInWith, 'name'>): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/** The environment variable with the client secret of a row. */
export const signInSecretVariable = (of: Pick<SignInWith, 'name'>): string =>
  `LABDEPLOY_SIGN_IN_SECRET_${rowId(of).toUpperCase().replaceAll('-', '_')}`;

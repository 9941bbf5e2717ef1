/** Pages that a link with a secret opens; the secret is the whole right. */
export type LinkedPage = 'invite' | `invite/with/${string}` | 'reset' | 'once';

export const linkTo = (issuer: string, page: LinkedPage, secret: string): string => `${issuer}/${page}?token=${secret}`;

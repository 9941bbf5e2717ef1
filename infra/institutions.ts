import type { SignInWith } from '../functions/stack/sign-in-with.ts';

/** Names that Cognito keeps for providers of its own kinds. */
const reserved = ['cognito', 'google', 'facebook', 'loginwithamazon', 'signinwithapple'];

/** As the pool and its sign-in page call an institution: Cognito takes 3 to 32 characters without blanks and underscores. */
export const providerName = ({ name }: Pick<SignInWith, 'name'>): string => name.replaceAll(' ', '-');

/** What of a row Cognito cannot do, by its key: found before anything is made. */
export function cognitoMistakes(row: SignInWith): Partial<Record<keyof SignInWith, string>> {
  const { issuer, signOutUrl } = row;
  const name = providerName(row);
  return {
    ...((name.length < 3 || name.length > 32) && { name: 'Cognito takes 3 to 32 characters' }),
    ...(reserved.includes(name.toLowerCase()) && { name: 'Cognito keeps this name for itself: add a word to it' }),
    ...(!issuer.startsWith('https:') && { issuer: 'on AWS https:// only' }),
    ...(signOutUrl !== undefined && { signOutUrl: 'not on AWS: Cognito has no page that could lead there' }),
  };
}

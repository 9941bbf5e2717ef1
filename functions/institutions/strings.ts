/** What whoever signs in with an institution is told, on AWS and on one machine. */
export const strings = {
  notSignedIn: (name: string) => `You are not signed in with ${name}`,
  denied: (detail: string) => `It said: ${detail}`,
  unreachable: (name: string) =>
    `${name} could not be reached, or its answer could not be trusted. Try again; if it stays so, tell an administrator of your lab, whose log says why.`,
  again: 'Back to the sign-in',
  domain:
    'Your address there is not one of those that this lab takes, or is not verified. Use another account there, or ask an administrator of your lab.',
  strayed: 'The address that led here is none of this lab. Start again.',
  failedTitle: 'You are not signed in',
  failed: 'Something failed here. Try again; if it stays so, tell an administrator of your lab, whose log says why.',
  expired: 'This page is too old',
  expiredText: 'It waited too long, or cookies are off in this browser. Start again.',
} as const;

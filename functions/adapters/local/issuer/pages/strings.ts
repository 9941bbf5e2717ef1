import { strings as shared } from '../../../../institutions/strings.ts';
import type { AccountState } from '../../../../ports/identity.ts';
import type { PasswordFault } from '../password-rules.ts';
import { longestPassword, shortestPassword } from '../password-rules.ts';

const wait = (ms: number): string => {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return seconds === 1 ? 'a second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
};

/** Every word that the issuer's pages and mails say. */
export const strings = {
  product: 'labdeploy',
  skipError: 'There is a problem',
  email: 'E-mail address',
  name: 'Your name (optional)',
  password: 'Password',
  newPassword: 'New password',
  currentPassword: 'Current password',
  passwordHint: `At least ${shortestPassword} characters. Four words that you remember are better than one with special characters.`,
  continue: 'Continue',
  cancel: 'Cancel',
  toService: 'Go to labdeploy',
  jobs: 'Jobs',
  usage: 'Usage',

  signIn: 'Sign in',
  signInFor: (client: string) => `Sign in to go on to ${client}`,
  signInWrong: 'The e-mail address or the password is not right',
  signInRefused: {
    waiting: 'Your account waits for an administrator to let it in',
    disabled: 'Your account is disabled. Ask an administrator of your lab',
  },
  throttled: (ms: number) => `Too many attempts. Try again in ${wait(ms)}`,
  forgotten: 'Forgotten password',
  forgottenWithMail: 'We send a link to set a new password to your address, if it has an account here.',
  forgottenSent: 'If the address has an account, a link is on its way. It is good for a day.',
  forgottenWithoutMail: 'Ask an administrator of your lab for a link to set a new one.',
  send: 'Send the link',

  once: 'Open the link',
  onceText:
    'This labdeploy is for the person who started it. Open the link that it printed in its terminal, or paste the link here.',
  onceField: 'Link from the terminal',
  onceWrong: 'This link is not good, or not any more. Use the one that labdeploy printed last.',

  signUp: 'Make an account',
  signUpLink: 'Make an account',
  signUpMail: 'We send you a link to go on. Your address becomes your name for signing in.',
  signUpMailed: 'Look into your mail',
  signUpMailedText: 'A link to go on is on its way to your address.',
  signUpWaiting: 'Almost there',
  signUpWaitingText: 'An administrator of your lab has to let you in. Then sign in with your address and password.',
  invited: 'You are invited',
  invitedText: 'Choose a password to make your account.',
  invitationGone: 'This invitation is not good any more',
  invitationGoneText: 'It was used, or it is too old. Ask for a new one.',
  emailFaults: {
    invalid: 'Enter an e-mail address, such as ada@example.org',
    exists: 'This address has an account. Sign in instead',
    domain: 'Accounts are for addresses of the lab. Use that address, or ask for an invitation',
  },
  passwordFaults: {
    short: `Enter at least ${shortestPassword} characters`,
    long: `Enter at most ${longestPassword} characters`,
    common: 'This is one of the first passwords that a guesser tries. Choose another',
    personal: 'This is too close to your name or address. Choose another',
    wrong: 'This is not your current password',
  } satisfies Record<PasswordFault | 'wrong', string>,

  reset: 'Set a new password',
  resetGone: 'This link is not good any more',
  resetGoneText: 'It was used, or it is older than a day. Ask for a new one.',

  consent: 'Let this program in?',
  consentText: (who: string) => `The labdeploy command line on this computer wants to work as ${who}.`,
  owner: 'the person who started this labdeploy',
  consentWarning: 'If you have not just started it, choose Cancel.',
  allow: 'Let it in',

  device: 'Connect a program',
  deviceCode: 'Code that the program shows',
  deviceHint: 'Eight letters, such as BCDF-GHJK',
  deviceWrong: 'This code is not right, or too old. Look at the program again',
  deviceStopped: 'This was not finished. Start again in the program',
  deviceConfirm: 'Is this the code you see?',
  deviceConfirmText:
    'The program that shows this code will work in your name. If you have not started one, choose Cancel.',
  deviceDone: 'The program is connected',
  deviceDoneText: 'You can close this page and go back to it.',

  signOut: 'Sign out',
  signOutText: 'Do you want to sign out of labdeploy in this browser?',
  signingOut: 'Signing out',
  staySignedIn: 'Stay signed in',
  signedOut: 'You are signed out',

  account: 'Your account',
  changePassword: 'Change password',
  changePasswordText: 'You are signed out everywhere else.',
  passwordChanged: 'Your password is changed',
  onePerson: 'This labdeploy is for one person: there is no account and no password.',

  scripts: 'Tokens for scripts',
  scriptsText:
    'A token lets a script send images and fetch results in your name, without a browser. It is good for a year; changing your password ends it.',
  makeToken: 'Make a token',
  scriptMade: 'Set LABDEPLOY_TOKEN to this',
  scriptHint: 'Keep it like a password. It is shown only now.',
  scriptTokens: 'Your tokens',
  scriptToken: (made: string, end: string) => `made ${made}, good until ${end}`,
  removeToken: 'Remove',

  admin: 'People',
  adminText: 'Who may use this labdeploy.',
  invite: 'Invite a person',
  inviteEmail: 'E-mail address (optional: only this address can use the link)',
  inviteAdmin: 'Administrator: may invite and manage members',
  plan: 'Plan',
  defaultPlan: 'default',
  makeLink: 'Make the link',
  linkMade: 'Send this link',
  linkShown: 'A link is shown once, and this one was. If it is lost, make another.',
  linkHint: (until: string) => `It works once, until ${until}. It is shown only now.`,
  linkFor: {
    invite: 'It makes an account.',
    mailed: (email: string) => `It makes an account, and is on its way to ${email}.`,
    notMailed: (email: string, why: string) => `It makes an account. It could not be mailed to ${email}: ${why}`,
    reset: (email: string) => `It sets a new password for ${email}.`,
  },
  members: 'Accounts',
  invitations: 'Invitations not used yet',
  anybody: 'whoever has the link',
  until: (day: string) => `good until ${day}`,
  revoke: 'Revoke',
  remove: 'Remove',
  removeTitle: (email: string) => `Remove ${email}?`,
  removeText:
    'The account is forgotten and can sign in no more. Its jobs stay until their time is over, out of reach of other accounts, unless you forget the person: then the next page asks again, and deletes jobs, images and results too. This cannot be undone.',
  removeConfirm: 'Remove the account',
  removeAndForget: 'Remove, then forget the person',
  keepAccount: 'Keep it',
  states: { active: 'active', waiting: 'waiting to be let in', disabled: 'disabled' } satisfies Record<
    AccountState,
    string
  >,
  isAdmin: 'administrator',
  isLastAdmin: 'the only administrator',
  you: 'you',
  since: (day: string) => `since ${day}`,
  lastSignIn: (day: string) => `last signed in ${day}`,
  neverSignedIn: 'never signed in',
  enable: 'Let in',
  disable: 'Disable',
  makeAdmin: 'Make administrator',
  dropAdmin: 'No longer administrator',
  setPlan: 'Set plan',
  resetLink: 'Link for a new password',
  done: 'Done',
  notAdmin: 'This page is for administrators',
  notAdminText: 'Ask one of them to do it for you.',

  expired: shared.expired,
  expiredText: shared.expiredText,
  notOurs: 'This form was not sent from this page',
  notOursText: 'Nothing was changed. Open the page again and repeat what you did. Cookies must be on.',
  broken: 'Something went wrong here',
  brokenText: 'It is not your fault, and it is noted in the log of the service. Try again.',
  overloaded: 'Too many people are signing in',
  overloadedText: 'Try again in a minute.',
  requestRefused: 'This sign-in was not understood',
  outOfBounds: {
    411: 'It does not say how long it is.',
    413: 'It is longer than any form of this page.',
    414: 'Its address is longer than any of this page.',
  },
  notByAPage: 'A sign-in begins on a page of its own, not as a picture or a script of another page.',
  missing: 'There is no such page',

  mail: {
    invited: {
      subject: 'Your invitation to labdeploy',
      text: (link: string) =>
        `You are invited to your lab's labdeploy. Open this link to make your account:\n\n${link}\n`,
    },
    signUp: {
      subject: 'Your labdeploy account',
      text: (link: string) => `Open this link to make your account:\n\n${link}\n`,
    },
    known: {
      subject: 'Your labdeploy account',
      text: (link: string) =>
        `Maybe it was you who wanted to make a labdeploy account for this address. It has one already. Sign in here:\n\n${link}\n`,
    },
    reset: {
      subject: 'A new labdeploy password',
      text: (link: string) =>
        `Open this link within a day to set a new password:\n\n${link}\n\nIf you did not ask for it, do nothing: your password stays.\n`,
    },
  },
} as const;

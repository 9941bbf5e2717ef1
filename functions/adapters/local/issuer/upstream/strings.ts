import { strings as shared } from '../../../../institutions/strings.ts';
import type { Refusal } from './admit.ts';

/** Every word about signing in with an institution. */
export const strings = {
  signInWith: (name: string) => `Sign in with ${name}`,
  notSignedIn: shared.notSignedIn,
  denied: shared.denied,
  unreachable: shared.unreachable,
  again: shared.again,
  toAccount: 'Back to your account',
  refusals: {
    domain: shared.domain,
    waiting: 'Your account waits for an administrator to let it in.',
    disabled: 'Your account is disabled. Ask an administrator of your lab.',
    uninvited: 'You have no account here. Ask an administrator of your lab for an invitation, and open its link.',
    invitationGone: 'The invitation was used, or it is too old. Ask for a new one.',
    addressless:
      'It vouches for no e-mail address of yours, and an account needs one. Ask an administrator of your lab for an invitation to your address.',
    exists:
      'Your address has an account here. Sign in to it as before, then connect the two on the page of your account.',
    taken: 'This account there is connected with another account here.',
  } satisfies Record<Refusal, string>,

  ways: 'Other ways to sign in',
  noPassword: 'This account has no password. To set one, ask for a link by which a forgotten password is replaced.',
  join: 'Connect',
  leave: 'Disconnect',
  notJoined: 'not connected',
  joinedAs: (who: string) => `connected as ${who}`,
  joinTitle: (name: string) => `Connect ${name}?`,
  joinText: (name: string, who: string, email: string) =>
    `Whoever signs in with ${name} as ${who} can then use the labdeploy account ${email}. If this is not you, do not connect it.`,
  joinConfirm: 'Connect',
  joinCancel: 'Do not connect it',
  lastWay: 'This is the only way into your account. Set a password first.',

  signOutStays: (name: string) => `${name} keeps you signed in in this browser until you sign out there too.`,
  signOutOfBoth: (name: string) => `Sign out, then of ${name}`,
  signedOutHere: 'You are signed out of labdeploy',
  signOutThere: (name: string) => `Sign out of ${name}`,
} as const;

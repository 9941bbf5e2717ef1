import { describe, expect, it } from '@jest/globals';
import type { AddressState, FederatedPeople } from '../../../functions/ports/federated-people.ts';
import {
  admitFederated,
  type FederatedApplicant,
  type FederatedPolicy,
} from '../../../functions/triggers/pre-sign-up/admit-federated.ts';

const ada: FederatedApplicant = {
  userName: 'Uni_7a1_B',
  email: ' Ada@Uni.example',
  emailVerified: 'true',
  name: 'Ada',
};

/** What was done for the applicant, or why they were refused. */
async function outcomeOf(
  applicant: Partial<FederatedApplicant>,
  policy: Partial<FederatedPolicy>,
  state: AddressState = 'free',
): Promise<string[] | string> {
  const done: string[] = [];
  const people: FederatedPeople = {
    stateOf: async (email) => (email === 'ada@uni.example' || email === 'ada@bio.uni.example' ? state : 'taken'),
    make: async (email, name) => void done.push(`make ${email} ${name}`),
    link: async (email, { provider, subject }) => void done.push(`link ${email} ${provider} ${subject}`),
  };
  const all: FederatedPolicy = { signUp: 'open', domains: [], institutions: { Uni: [] }, ...policy };
  try {
    await admitFederated({ ...ada, ...applicant }, all, people);
    return done;
  } catch (error) {
    expect([error, done]).toMatchObject([{ code: 'federatedRefused' }, []]);
    return (error as { advice: { why: string } }).advice.why;
  }
}

const linked = 'link ada@uni.example Uni 7a1_B';
const made = ['make ada@uni.example Ada', linked];

describe('people of institutions who come to a pool', () => {
  it.each<[string, Partial<FederatedPolicy>, AddressState, string[] | string]>([
    ['a stranger where sign-up is open', { signUp: 'open' }, 'free', made],
    ['a stranger of the domains', { signUp: 'domains', domains: ['uni.example'] }, 'free', made],
    [
      'a stranger of other domains',
      { signUp: 'domains', domains: ['lab.example'] },
      'free',
      'the lab takes addresses of lab.example',
    ],
    [
      'a stranger where the lab invites',
      { signUp: 'invite' },
      'free',
      'you have no invitation: ask an administrator of your lab for one',
    ],
    ['who is invited', { signUp: 'invite' }, 'invited', [linked]],
    [
      'who is invited from outside of the domains',
      { signUp: 'domains', domains: ['lab.example'] },
      'invited',
      [linked],
    ],
    [
      'the address of an account',
      { signUp: 'open' },
      'taken',
      'your address has an account here: sign in to it as before',
    ],
    [
      'who is invited, of a domain of the institution',
      { signUp: 'invite', institutions: { Uni: ['uni.example'] } },
      'invited',
      [linked],
    ],
    [
      'who is invited, of no domain of the institution',
      { signUp: 'invite', institutions: { Uni: ['bio.uni.example'] } },
      'invited',
      'of this institution the lab takes addresses of bio.uni.example',
    ],
  ])('%s', async (_who, policy, state, expected) => {
    expect(await outcomeOf({}, policy, state)).toEqual(expected);
  });

  it.each<[string, Partial<FederatedApplicant>, string]>([
    ['no address', { email: undefined }, 'the institution has not verified an e-mail address of yours'],
    [
      'an address not verified',
      { emailVerified: 'false' },
      'the institution has not verified an e-mail address of yours',
    ],
    [
      'a verification not said',
      { emailVerified: undefined },
      'the institution has not verified an e-mail address of yours',
    ],
    ['an institution that is none', { userName: 'Elsewhere_7a1' }, 'the lab takes nobody of this institution'],
    ['a name without institution', { userName: 'ada' }, 'the lab takes nobody of this institution'],
    ['a name without person', { userName: 'Uni_' }, 'the lab takes nobody of this institution'],
  ])('are refused with %s', async (_what, applicant, why) => {
    expect(await outcomeOf(applicant, {})).toBe(why);
  });

  it('are linked by the name that the provider was given, whatever Cognito makes of it', async () => {
    expect(await outcomeOf({ userName: 'uni_7a1_B' }, {})).toEqual(made);
  });
});

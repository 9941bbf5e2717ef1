import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { identityAtInstitution } from '../../../cli/deploy/identity-at-institution.ts';
import { explain } from '../../../cli/explain.ts';
import { isBrokered } from '../../../functions/stack/sign-in-broker.ts';
import { signInWithSchema } from '../../../functions/stack/sign-in-with.ts';

const rows = signInWithSchema.parse([
  { name: 'ORCID', issuer: 'https://orcid.org', clientId: 'APP-1' },
  { name: 'My Uni', issuer: 'https://login.uni.example', clientId: 'lab' },
]);
const refusalOf = (text: string, of = rows): string => {
  try {
    identityAtInstitution(text, of);
  } catch (error) {
    return explain(error).what;
  }
  return 'taken';
};

describe('who somebody is at an institution', () => {
  it('is what the broker tells the pool of them, or what Cognito itself does', () => {
    const digest = createHash('sha256').update('https://orcid.org\n0000-0002-1694-233X').digest('hex');
    const orcid = { institution: 'ORCID', provider: 'ORCID', subject: digest };
    expect(identityAtInstitution('ORCID:0000-0002-1694-233X', rows)).toEqual(orcid);
    expect(identityAtInstitution('orcid: 0000-0002-1694-233X', rows)).toEqual(orcid);
    expect(identityAtInstitution('My Uni:a:7B1', rows)).toEqual({
      institution: 'My Uni',
      provider: 'My-Uni',
      subject: 'a:7B1',
    });
  });

  it.each([
    ['0000-0002-1825-0097', 'is not INSTITUTION:SUBJECT'],
    [':0000-0002-1825-0097', 'is not INSTITUTION:SUBJECT'],
    ['ORCID:', 'is not INSTITUTION:SUBJECT'],
    ['Other:7a1', "'Other' is no institution of signInWith (ORCID, My Uni)"],
    ['ORCID:0000-0002-1825-0098', 'is no ORCID iD'],
    ['ORCID:0000-0002-1694-2330', 'is no ORCID iD'],
    ['ORCID:https://orcid.org/0000-0002-1825-0097', 'is no ORCID iD'],
    ['ORCID:0000000218250097', 'is no ORCID iD'],
  ])('is refused as %s', (text, why) => {
    expect(refusalOf(text)).toContain(why);
  });

  it('is refused where there is no institution', () => {
    expect(refusalOf('ORCID:0000-0002-1825-0097', [])).toContain(
      "'ORCID' is no institution of signInWith (it has no row)",
    );
  });
});

it.each([
  ['ORCID', { issuer: 'https://orcid.org' }, true],
  ['Globus', { issuer: 'https://auth.globus.org' }, true],
  ['user names', { addressClaim: 'preferred_username', allowedDomains: ['uni.example'] }, true],
  ['what the row says', { broker: true }, true],
  ['a row that says no', { broker: false }, false],
  ['others', {}, false],
])('signs in by the broker with %s', (_what, more, expected) => {
  const [row] = signInWithSchema.parse([{ name: 'Uni', issuer: 'https://uni.example', clientId: 'lab', ...more }]);
  expect(isBrokered(row!)).toBe(expected);
});

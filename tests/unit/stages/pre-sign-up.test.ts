import { describe, expect, it } from '@jest/globals';
import { admit } from '../../../functions/triggers/pre-sign-up/admit.ts';

const domains = ['lab.example', 'bücher.example'];
const verdict = (email: string | undefined, trigger = 'PreSignUp_SignUp'): string => {
  try {
    admit({ trigger, email }, domains);
    return 'in';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('who may sign up where only some domains are taken', () => {
  it.each([
    ['olga@lab.example', 'in'],
    [' Olga@LAB.Example ', 'in'],
    ['olga@bücher.example', 'in'],
    ['olga@xn--bcher-kva.example', 'in'],
    ['olga@sub.lab.example', 'signUpRefused'],
    ['olga@notlab.example', 'signUpRefused'],
    ['olga@lab.example@evil.example', 'signUpRefused'],
    ['olga@', 'signUpRefused'],
    ['', 'signUpRefused'],
    [undefined, 'signUpRefused'],
  ])('%s: %s', (email, expected) => {
    expect(verdict(email)).toBe(expected);
  });

  it('whom an administrator invites comes in from anywhere', () => {
    expect(verdict('olga@elsewhere.example', 'PreSignUp_AdminCreateUser')).toBe('in');
  });
});

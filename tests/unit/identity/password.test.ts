import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { fullCost, Overloaded, passwordHashing } from '../../../functions/adapters/local/issuer/password.ts';
import { passwordFault } from '../../../functions/adapters/local/issuer/password-rules.ts';

const cheap = { logN: 4, r: 8, p: 1 };

describe('password hashing', () => {
  const passwords = passwordHashing(cheap);

  it('matches the password and no other', async () => {
    const stored = await passwords.hash('seven grey mice');
    expect(await passwords.matches('seven grey mice', stored)).toBe(true);
    expect(await passwords.matches('Seven grey mice', stored)).toBe(false);
    expect(await passwords.matches('', stored)).toBe(false);
  });

  it('salts: the same password is stored otherwise each time, with its cost', async () => {
    const [one, two] = [await passwords.hash('seven grey mice'), await passwords.hash('seven grey mice')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^scrypt\$4\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  });

  it('does not mind how a keyboard composes a letter', async () => {
    const stored = await passwords.hash('sieben M\u00e4use'); // one character
    expect(await passwords.matches('sieben Ma\u0308use', stored)).toBe(true); // two
  });

  it('matches nothing where there is no account', async () => {
    expect(await passwords.matches('seven grey mice', undefined)).toBe(false);
  });

  it('checks by the cost that is stored, and calls it dated', async () => {
    const stored = await passwordHashing({ ...cheap, logN: 5 }).hash('seven grey mice');
    expect(await passwords.matches('seven grey mice', stored)).toBe(true);
    expect(passwords.isDated(stored)).toBe(true);
    expect(passwords.isDated(await passwords.hash('x'))).toBe(false);
  });

  it('computes what scrypt’s standard says (RFC 7914, section 12)', async () => {
    // N = 1024, r = 8, p = 16, password "password", salt "NaCl"; the first 32 of 64 bytes
    const expected = 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162';
    const stored = [
      'scrypt',
      10,
      8,
      16,
      Buffer.from('NaCl').toString('base64url'),
      Buffer.from(expected, 'hex').toString('base64url'),
    ];
    expect(await passwords.matches('password', stored.join('$'))).toBe(true);
  });

  it('sends away who would wait behind fifty others, and takes them when those are done', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('seven grey mice')));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(8); // two at work, fifty waiting
    for (const { reason } of refused) expect(reason).toBeInstanceOf(Overloaded);
    expect(await passwords.hash('seven grey mice')).toMatch(/^scrypt/);
  });

  it('works at the real cost, off the event loop', async () => {
    const real = passwordHashing(fullCost);
    const order: string[] = [];
    const hashing = real.hash('seven grey mice').finally(() => order.push('hashed'));
    await setImmediate();
    order.push('meanwhile');
    const stored = await hashing;
    expect(order).toEqual(['meanwhile', 'hashed']);
    expect(stored).toMatch(/^scrypt\$17\$8\$1\$/);
    expect(await real.matches('seven grey mice', stored)).toBe(true);
  }, 60_000);
});

describe('password rules', () => {
  const person = { email: 'ada.lovelace@example.org', name: 'Ada Lovelace' };

  it.each([
    ['short', 'ninechars'],
    ['short', 'äöüäöüäöü'],
    ['short', '🐭🐭🐭🐭🐭'],
    ['long', 'ab cd ef '.repeat(29)],
    ['common', 'password123'],
    ['common', 'PassWord123!'],
    ['common', 'Q1W2E3R4T5'],
    ['common', 'correct horse battery staple'],
    ['common', 'aaaaaaaaaaaa'],
    ['common', 'abababababab'],
    ['common', '12345678901234'],
    ['common', 'zyxwvutsrqpo'],
    ['personal', 'adalovelace'],
    ['personal', 'AdaLovelace1815'],
    ['personal', 'lovelace.ada.lovelace'.replace('lovelace.', '')],
    ['personal', 'labdeploy123'],
    ['personal', 'ada.lovelace@example.org'],
  ])('call %s: %s', (fault, password) => {
    expect(passwordFault(password, person)).toBe(fault);
  });

  it.each(['seven grey mice', 'lovelace wrote the first program', 'tR7!kq09zX', 'пароль из букв', '🐭🐭🐭 on a roof'])(
    'take %s',
    (password) => {
      expect(passwordFault(password, person)).toBeUndefined();
    },
  );
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openIssuerDatabase } from '../../../functions/adapters/local/issuer/issuer-database.ts';
import {
  addressKey,
  openThrottle,
  type Throttle,
  type ThrottleKey,
} from '../../../functions/adapters/local/issuer/throttle.ts';
import { emailKey } from '../../../functions/identity/email-address.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const ada: ThrottleKey = 'account:ada';
const lab = addressKey('192.0.2.7');

describe('the throttle', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: ReturnType<typeof openIssuerDatabase>;
  let throttle: Throttle;
  let now: number;
  const clock = { now: () => now };
  beforeEach(async () => {
    now = 1_000_000_000_000;
    folder = await temporaryFolder();
    database = openIssuerDatabase(folder.path);
    throttle = openThrottle(database, clock);
  });
  afterEach(async () => {
    database[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('lets five attempts on an account pass, then doubles the wait up to a quarter of an hour', () => {
    const waits: number[] = [];
    for (let i = 0; i < 16; i++) {
      expect(throttle.attempt([ada])).toBe(0);
      const wait = throttle.attempt([ada]);
      waits.push(wait / 1000);
      now += wait;
    }
    // The first four attempts are followed by another at once, which counts: the table starts at the second free one.
    expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]);
  });

  it('lets thirty pass from one address, whoever they are for', () => {
    for (let i = 0; i < 30; i++) expect(throttle.attempt([`account:${i}`, lab])).toBe(0);
    expect(throttle.attempt(['account:new', lab])).toBe(1000);
    expect(throttle.attempt(['account:new', addressKey('192.0.2.8')])).toBe(0);
  });

  it('does not count an attempt that it refuses', () => {
    for (let i = 0; i < 5; i++) throttle.attempt([ada]);
    for (let i = 0; i < 50; i++) expect(throttle.attempt([ada])).toBe(1000);
    now += 1000;
    expect(throttle.attempt([ada])).toBe(0);
  });

  it('starts an account afresh after a success, and gives the address its attempt back', () => {
    for (let i = 0; i < 100; i++) {
      expect(throttle.attempt([ada, lab])).toBe(0);
      throttle.succeed([ada, lab]);
    }
    for (let i = 0; i < 29; i++) expect(throttle.attempt([`account:${i}`, lab])).toBe(0);
    expect(throttle.attempt([lab])).toBe(0);
    expect(throttle.attempt([lab])).toBe(1000);
  });

  it('remembers over a restart, and forgets after a day', () => {
    for (let i = 0; i < 5; i++) throttle.attempt([ada]);
    expect(openThrottle(database, clock).attempt([ada])).toBe(1000);
    now += 86_400_000;
    for (let i = 0; i < 5; i++) expect(throttle.attempt([ada])).toBe(0);
    expect(database.sql.prepare('SELECT count(*) AS n FROM throttle').get()).toEqual({ n: 1 });
  });
});

describe('addressKey', () => {
  it.each([
    ['192.0.2.7', 'address:192.0.2.7'],
    ['::ffff:192.0.2.7', 'address:192.0.2.7'],
    ['::1', 'address:0:0:0:0'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2'],
    ['2001:0db8:1:2::9', 'address:2001:db8:1:2'],
    ['2001:db8::1', 'address:2001:db8:0:0'],
    ['fe80::1%eth0', 'address:fe80:0:0:0'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

describe('emailKey', () => {
  it.each([
    ['ada@example.org', 'ada@example.org'],
    ['  Ada@EXAMPLE.org ', 'ada@example.org'],
    ['jörg@bücher.example', 'jörg@xn--bcher-kva.example'],
    ['ada+lab@example.org', 'ada+lab@example.org'],
    ['ada@localhost', 'ada@localhost'],
    ['ａda@example.org', 'ada@example.org'],
  ])('of %s is %s', (address, key) => {
    expect(emailKey(address)).toBe(key);
  });

  it.each([
    '',
    'ada',
    '@example.org',
    'ada@',
    'ada@@example.org',
    'a b@example.org',
    'ada@exa mple.org',
    'ada@example.org\nbcc: x',
    'Ada <ada@example.org>',
    'ada@example.org/evil',
    'ada@example.org:25',
    'ada\u202e@example.org',
    'ada\u200b@example.org',
    `${'x'.repeat(251)}@a.b`,
  ])('of %p is none', (address) => {
    expect(emailKey(address)).toBeUndefined();
  });
});

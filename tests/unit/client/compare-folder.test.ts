import { describe, expect, it } from '@jest/globals';
import { compareFolder, isSameFolder } from '../../../client/upload/compare-folder.ts';
import { FileError } from '../../../client/upload/file-error.ts';
import { differenceOf, identityOf } from '../../../client/upload/identity.ts';
import type { Outgoing } from '../../../client/upload/outgoing.ts';

const file = (path: string, text: string, modifiedAt = 1000): Outgoing => ({
  path,
  bytes: text.length,
  open: async () => ({ body: new Blob([text]), modifiedAt }),
});
const named = async (each: Outgoing) => ({ path: each.path, bytes: each.bytes, identity: await identityOf(each) });
const nothing = { same: 0, changed: [], missing: [], added: [] };

describe('the identity of a file', () => {
  const large = (at: number) => {
    const bytes = new Uint8Array(1_000_000);
    bytes[at] = 1;
    return { open: async () => ({ body: new Blob([bytes]), modifiedAt: 0 }) };
  };
  it('differs by a byte at its begin, in its middle or at its end', async () => {
    const some = await Promise.all([0, 500_000, 999_999, 200_000].map((at) => identityOf(large(at))));
    expect(new Set(some).size).toBe(4);
  });
  it('differs by date and by size, and says which', async () => {
    const [a, touched, other] = await Promise.all([
      identityOf(file('a', 'x', 1)),
      identityOf(file('a', 'x', 2)),
      identityOf(file('a', 'y', 1)),
    ]);
    expect([differenceOf(a, touched), differenceOf(a, other)]).toEqual(['date', 'bytes']);
  });
  it('reads a small file whole', async () => {
    expect(await identityOf(file('a', 'x'))).toBe(await identityOf(file('b', 'x')));
  });
});

describe('comparing a folder with a job', () => {
  it('finds what is the same, changed, missing and new', async () => {
    const before = await Promise.all(
      [
        file('same.tif', 'a'),
        file('bytes.tif', 'a'),
        file('date.tif', 'a'),
        file('size.tif', 'a'),
        file('gone.tif', 'a'),
      ].map(named),
    );
    const send = [
      file('same.tif', 'a'),
      file('bytes.tif', 'b'),
      file('date.tif', 'a', 2000),
      file('size.tif', 'aa'),
      file('new.tif', 'a'),
      { ...file('gone.tif', 'a'), open: () => Promise.reject(new FileError('gone')) },
    ];
    expect(await compareFolder(before, { send, notSent: [] })).toEqual({
      same: 1,
      changed: [
        { path: 'bytes.tif', how: 'bytes' },
        { path: 'date.tif', how: 'date' },
        { path: 'gone.tif', how: 'unreadable' },
        { path: 'size.tif', how: 'size' },
      ],
      missing: [],
      added: ['new.tif'],
    });
  });
  it('knows what was named without being sent, and paths in another Unicode form', async () => {
    const before = [{ path: 'notes.txt', bytes: 3 }, await named(file('ü.tif', 'a'))];
    const selection = {
      send: [file('u\u0308.tif', 'a')],
      notSent: [{ path: 'notes.txt', bytes: 3, reason: 'notImage' as const }],
    };
    expect(await compareFolder(before, selection)).toEqual({ ...nothing, same: 2 });
  });
  it('passes over what the system hides in it, which changes when somebody looks', async () => {
    const before = [
      { path: '.DS_Store', bytes: 3 },
      { path: 'old/._a.tif', bytes: 3 },
      await named(file('a.tif', 'a')),
    ];
    const notSent = [
      { path: '.DS_Store', bytes: 4, reason: 'hidden' as const },
      { path: 'Thumbs.db', bytes: 4, reason: 'hidden' as const },
    ];
    expect(await compareFolder(before, { send: [file('a.tif', 'a')], notSent })).toEqual({ ...nothing, same: 1 });
  });
});

describe('the folder of a job', () => {
  it.each([
    ['all of it', { same: 3 }, { named: 3, announced: 3 }, true],
    ['a part of it, which adds nothing', { same: 2, missing: ['c.tif'] }, { named: 3, announced: 3 }, true],
    ['all of it, while it was still being named', { same: 2, added: ['c.tif'] }, { named: 2, announced: 3 }, true],
    ['all of it, before any was named', { added: ['a.tif'] }, { named: 0, announced: 1 }, true],
    ['any, where nothing is known of it', { added: ['a.tif'] }, { named: 0, announced: undefined }, true],
    ['another one', { added: ['x.tif'], missing: ['a.tif'] }, { named: 1, announced: 1 }, false],
    ['one with more in it', { same: 3, added: ['d.tif'] }, { named: 3, announced: 3 }, false],
    [
      'one with more in it, of a client that announces nothing',
      { same: 3, added: ['d.tif'] },
      { named: 3, announced: undefined },
      false,
    ],
    [
      'one of which a file has changed',
      { same: 2, changed: [{ path: 'c.tif', how: 'bytes' as const }] },
      { named: 3, announced: 3 },
      false,
    ],
    ['one that has nothing of it', { missing: ['a.tif'] }, { named: 1, announced: 1 }, false],
  ])('is %s', (_, difference, job, isSame) => {
    expect(isSameFolder({ ...nothing, ...difference }, job)).toBe(isSame);
  });
});

import { describe, expect, it } from '@jest/globals';
import { maxNotSent, selectFiles } from '../../../client/upload/select-files.ts';
import { apiLimits } from '../../../functions/contract/limits.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, bytes: 5 }));
const limits = { bytesPerFile: 100, filesPerJob: 3 };

describe('choosing what is sent', () => {
  it('names everything else with its reason', () => {
    const chosen = [
      ...files('a.tif', 'b.tif', 'notes.txt', 'more.zip', '../up.tif', '.trash/old.tif', '._a.tif'),
      { path: 'large.tif', bytes: 101 },
      ...files('c.tif', 'd.tif'),
    ];
    const { send, notSent } = selectFiles(chosen, limits);
    expect(send.map(({ path }) => path)).toEqual(['a.tif', 'b.tif', 'c.tif']);
    expect(notSent).toEqual([
      { path: 'notes.txt', bytes: 5, reason: 'notImage' },
      { path: 'more.zip', bytes: 5, reason: 'notImage' },
      { path: '../up.tif', bytes: 5, reason: 'pathRefused', detail: "the path holds '..'" },
      { path: '.trash/old.tif', bytes: 5, reason: 'hidden' },
      { path: '._a.tif', bytes: 5, reason: 'hidden' },
      { path: 'large.tif', bytes: 101, reason: 'fileTooLarge' },
      { path: 'd.tif', bytes: 5, reason: 'overFileLimit' },
    ]);
    expect(send.length + notSent.length).toBe(chosen.length);
  });

  it('takes the first of two files of one name, also in two Unicode forms, and numbers the other', () => {
    const { send, notSent } = selectFiles(
      files('a.tif', 'a.tif', 'a (2).tif', 'a.tif', 'ü.tif', 'u\u0308.tif', 'n.txt', 'n.txt'),
    );
    expect(send.map(({ path }) => path)).toEqual(['a.tif', 'ü.tif']);
    expect(notSent.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'a (2).tif namedTwice',
      'a (2) (2).tif namedTwice',
      'a (3).tif namedTwice',
      'u\u0308 (2).tif namedTwice',
      'n.txt notImage',
      'n (2).txt notImage',
    ]);
  });

  it('sends companions first, which count towards no limit, and leaves out those that are too long', () => {
    const chosen = [...files('a.tif', 'b.tif', 'c.tif', 'set.companion.ome', 'set.ome.xml', 'settings.xml')];
    const long = { path: 'long.companion.ome', bytes: 2 ** 23 + 1 };
    const { send, notSent } = selectFiles([...chosen, long], limits);
    expect(send.map(({ path }) => path)).toEqual(['set.companion.ome', 'set.ome.xml', 'a.tif', 'b.tif', 'c.tif']);
    expect(notSent.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'settings.xml notImage',
      'long.companion.ome notImage',
    ]);
  });

  it('sends regions of interest before their images, and no larger file of them than one of images', () => {
    const chosen = [
      ...files('a.tif', 'a.roi', 'RoiSet.zip'),
      { path: 'a_regions.tif', bytes: limits.bytesPerFile + 1 },
    ];
    const { send, notSent } = selectFiles(chosen, limits);
    expect(send.map(({ path }) => path)).toEqual(['a.roi', 'RoiSet.zip', 'a.tif']);
    expect(notSent.map(({ path, reason }) => `${path} ${reason}`)).toEqual(['a_regions.tif fileTooLarge']);
  });

  it('takes all where no limit is known', () => {
    expect(selectFiles(files('a.tif', 'b.tif', 'c.tif', 'd.tif')).notSent).toEqual([]);
  });

  it('lists as many as the service takes', () => expect(maxNotSent).toBe(apiLimits.notSentPerJob));
});

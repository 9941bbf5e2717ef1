import { expect, it } from '@jest/globals';
import { explain } from '../../../cli/explain.ts';
import { type ArchiveOptions, archiveOf } from '../../../cli/local/archive-options.ts';

const refusalOf = (options: ArchiveOptions) => {
  try {
    return archiveOf(options, '/lab');
  } catch (error) {
    return JSON.stringify(explain(error));
  }
};

it('labdeploy local archives nothing unless it is given a folder', () => {
  expect(archiveOf({ upgrades: 'off' }, '/lab')).toEqual({});
  expect(archiveOf({ upgrades: 'off', archiveTo: 'nas', archiveAfter: 60 }, '/lab')).toEqual({
    archive: { folder: '/lab/nas', upgrades: 'off', afterSeconds: 60 },
  });
  expect(archiveOf({ upgrades: 'ask', archiveTo: '/mnt/nas', users: true }, '/lab')).toEqual({
    archive: { folder: '/mnt/nas', upgrades: 'ask' },
  });
});

it('labdeploy local refuses what needs a folder or accounts and has none', () => {
  expect(refusalOf({ upgrades: 'off', archiveAfter: 60 })).toContain('--archive-after needs --archive-to');
  for (const options of [{ users: true }, { archiveTo: 'nas' }, {}])
    expect(refusalOf({ upgrades: 'self', ...options })).toContain('--upgrades needs --users and --archive-to');
});

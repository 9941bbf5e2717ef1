import { expect, it } from '@jest/globals';
import { explain } from '../../../cli/explain.ts';
import { type ArchiveOptions, archiveOf } from '../../../cli/local/archive-options.ts';

const refusalOf = (options: ArchiveOptions, env: Record<string, string> = {}) => {
  try {
    return archiveOf(options, { cwd: '/lab', env });
  } catch (error) {
    return JSON.stringify(explain(error));
  }
};

it('labdeploy local archives nothing unless it is given a folder', () => {
  expect(archiveOf({ upgrades: 'off' }, { cwd: '/lab', env: {} })).toEqual({});
  expect(archiveOf({ upgrades: 'off', archiveTo: 'nas', archiveAfter: 60 }, { cwd: '/lab', env: {} })).toEqual({
    archive: { folder: '/lab/nas', upgrades: 'off', afterSeconds: 60 },
  });
  expect(archiveOf({ upgrades: 'off', archiveTo: '/nas', archiveDays: 9 }, { cwd: '/lab', env: {} })).toEqual({
    archive: { folder: '/nas', upgrades: 'off', days: 9 },
  });
  expect(archiveOf({ upgrades: 'ask', archiveTo: '/mnt/nas', users: true }, { cwd: '/lab', env: {} })).toEqual({
    archive: { folder: '/mnt/nas', upgrades: 'ask' },
  });
});

it('labdeploy local refuses what needs a folder or accounts and has none', () => {
  expect(refusalOf({ upgrades: 'off', archiveAfter: 60 })).toContain('--archive-after needs --archive-to');
  expect(refusalOf({ upgrades: 'off', archiveDays: 9 })).toContain('--archive-days needs --archive-to');
  for (const options of [{ users: true }, { archiveTo: 'nas' }, {}])
    expect(refusalOf({ upgrades: 'self', ...options })).toContain('--upgrades needs --users and --archive-to');
});

it('labdeploy local takes the secret of a payment service from the environment, for a lab that archives', () => {
  const lab: ArchiveOptions = { upgrades: 'off', archiveTo: '/mnt/nas', users: true };
  const secret = 'sixteen letters!';
  expect(archiveOf(lab, { cwd: '/lab', env: { LABDEPLOY_BILLING_SECRET: secret } })).toEqual({
    archive: { folder: '/mnt/nas', upgrades: 'off', billingSecret: secret },
  });
  expect(archiveOf(lab, { cwd: '/lab', env: { LABDEPLOY_BILLING_SECRET: '' } }).archive).not.toHaveProperty(
    'billingSecret',
  );
  const short = refusalOf(lab, { LABDEPLOY_BILLING_SECRET: secret.slice(1) });
  expect(short).toContain('LABDEPLOY_BILLING_SECRET is too short');
  expect(short).not.toContain(secret.slice(1));
  for (const options of [{ users: true }, { archiveTo: 'nas' }])
    expect(refusalOf({ upgrades: 'off', ...options }, { LABDEPLOY_BILLING_SECRET: secret })).toContain(
      'LABDEPLOY_BILLING_SECRET needs --users and --archive-to',
    );
});

import { resolve } from 'node:path';
import type { Upgrades } from '../../functions/core/features.ts';
import type { ArchiveSetup } from '../../functions/runtime/workstation/archive-setup.ts';
import { shortestSecret } from '../../functions/runtime/workstation/notice-channels.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

export interface ArchiveOptions {
  archiveTo?: string;
  /** Seconds. */
  archiveAfter?: number;
  archiveDays?: number;
  upgrades: Upgrades;
  users?: boolean;
}

const ofLab = ['--upgrades', 'LABDEPLOY_BILLING_SECRET'] as const;
const ofArchive = ['--archive-after', '--archive-days'] as const;

function refuseWithout<T extends string>(
  missing: boolean,
  needed: string,
  names: readonly T[],
  given: Record<T, boolean>,
) {
  const name = missing ? names.find((each) => given[each]) : undefined;
  if (name !== undefined) throw new UserError('usage', { detail: `${name} needs ${needed}`, command: 'local' });
}

/**
 * Where results go, as a command line says. Throws `usage` for what needs a folder or accounts and has none, and `billingSecretShort`; whether the
 * folder is there the service looks itself, as its disk may come later.
 */
export function archiveOf(
  options: ArchiveOptions,
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
): { archive?: ArchiveSetup } {
  const { archiveTo, archiveAfter, archiveDays, upgrades, users = false } = options;
  const billingSecret = env.LABDEPLOY_BILLING_SECRET ?? '';
  const given = {
    '--upgrades': upgrades !== 'off',
    LABDEPLOY_BILLING_SECRET: billingSecret !== '',
    '--archive-after': archiveAfter !== undefined,
    '--archive-days': archiveDays !== undefined,
  };
  refuseWithout(archiveTo === undefined || !users, '--users and --archive-to', ofLab, given);
  refuseWithout(archiveTo === undefined, '--archive-to', ofArchive, given);
  if (billingSecret !== '' && billingSecret.length < shortestSecret)
    throw new UserError('billingSecretShort', { characters: shortestSecret });
  if (archiveTo === undefined) return {};
  return {
    archive: {
      folder: resolve(cwd, archiveTo),
      upgrades,
      ...(billingSecret !== '' && { billingSecret }),
      ...(archiveAfter !== undefined && { afterSeconds: archiveAfter }),
      ...(archiveDays !== undefined && { days: archiveDays }),
    },
  };
}

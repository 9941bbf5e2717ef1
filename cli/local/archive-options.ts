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

/**
 * Where results go, as a command line says. Throws `usage` for what needs a folder or accounts and has none, and `billingSecretShort`; whether the
 * folder is there the service looks itself, as its disk may come later.
 */
export function archiveOf(
  options: ArchiveOptions,
  { cwd, env }: Pick<CommandContext, 'cwd' | 'env'>,
): { archive?: ArchiveSetup } {
  const { archiveTo, archiveAfter, archiveDays, upgrades, users = false } = options;
  const usage = (detail: string) => new UserError('usage', { detail, command: 'local' });
  const isOfLab = users && archiveTo !== undefined;
  if (upgrades !== 'off' && !isOfLab) throw usage('--upgrades needs --users and --archive-to');
  const billingSecret = env.LABDEPLOY_BILLING_SECRET ?? '';
  if (billingSecret !== '' && !isOfLab) throw usage('LABDEPLOY_BILLING_SECRET needs --users and --archive-to');
  if (billingSecret !== '' && billingSecret.length < shortestSecret)
    throw new UserError('billingSecretShort', { characters: shortestSecret });
  if (archiveTo === undefined) {
    if (archiveAfter !== undefined) throw usage('--archive-after needs --archive-to');
    if (archiveDays !== undefined) throw usage('--archive-days needs --archive-to');
    return {};
  }
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

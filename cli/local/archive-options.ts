import { resolve } from 'node:path';
import type { Upgrades } from '../../functions/core/features.ts';
import type { ArchiveSetup } from '../../functions/runtime/workstation/archive-setup.ts';
import { UserError } from '../errors.ts';

export interface ArchiveOptions {
  archiveTo?: string;
  /** Seconds. */
  archiveAfter?: number;
  upgrades: Upgrades;
  users?: boolean;
}

/**
 * Where results go, as a command line says. Throws `usage` for what needs a folder or accounts and has none; whether the
 * folder is there the service looks itself, as its disk may come later.
 */
export function archiveOf(options: ArchiveOptions, cwd: string): { archive?: ArchiveSetup } {
  const { archiveTo, archiveAfter, upgrades, users = false } = options;
  const usage = (detail: string) => new UserError('usage', { detail, command: 'local' });
  if (upgrades !== 'off' && !(users && archiveTo !== undefined))
    throw usage('--upgrades needs --users and --archive-to');
  if (archiveTo === undefined) {
    if (archiveAfter === undefined) return {};
    throw usage('--archive-after needs --archive-to');
  }
  return {
    archive: {
      folder: resolve(cwd, archiveTo),
      upgrades,
      ...(archiveAfter !== undefined && { afterSeconds: archiveAfter }),
    },
  };
}

import { resolve } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { formatReport, type InspectReport, inspectFile } from '../../functions/image/inspect.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

/** Reports each file; throws at the end when one cannot be read, after all others are reported. */
export async function inspect(
  files: readonly string[],
  { hash = false }: { hash?: boolean },
  { io, cwd, signal }: CommandContext,
): Promise<void> {
  let failed = 0;
  for (const file of files) {
    if (signal.aborted) throw new UserError('interrupted', { next: 'run the same command again' });
    const outcome = await look(resolve(cwd, file), hash);
    if ('failure' in outcome) failed++;
    io.emit('inspect.file', { file, ...outcome });
  }
  if (failed > 0) throw new UserError('filesUnreadable', { failed, total: files.length });
}

type Look = { report: InspectReport; lines: string[] } | { failure: { code: string; message: string } };

async function look(path: string, hash: boolean): Promise<Look> {
  try {
    await using source = await openFileSource(path);
    const report = await inspectFile(source, { hash });
    return { report, lines: formatReport(report) };
  } catch (error) {
    if (error instanceof Failure) return { failure: { code: error.code, message: error.message } };
    const { code, message } = error as NodeJS.ErrnoException; // the file system's: no such file, a folder, no permission
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return { failure: { code: 'inputMissing', message } };
  }
}

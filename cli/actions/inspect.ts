import { resolve } from 'node:path';
import { Failure } from '../../functions/core/errors.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import { formatReport, type InspectReport, inspectFile } from '../../functions/image/inspect.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import { largestPlane } from '../../functions/runtime/admit-planes.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

export interface InspectOptions {
  hash?: boolean;
  axes?: string;
}

/** Reports each file; throws at the end when one cannot be read, after all others are reported. */
export async function inspect(
  files: readonly string[],
  options: InspectOptions,
  { io, cwd, signal }: CommandContext,
): Promise<void> {
  let failed = 0;
  for (const file of files) {
    if (signal.aborted) throw new UserError('interrupted', { next: 'run the same command again' });
    const outcome = await inspectOne(resolve(cwd, file), options);
    if ('failure' in outcome) failed++;
    io.emit('inspect.file', { file, ...outcome });
  }
  if (failed > 0) throw new UserError('filesUnreadable', { failed, total: files.length });
}

/** Bytes of a plane: what unpacks it holds it twice. */
const mostHashed = (): number => Math.min(2 ** 32, largestPlane() / 2);

type Inspected = { report: InspectReport; lines: string[] } | { failure: { code: string; message: string } };

async function inspectOne(path: string, options: InspectOptions): Promise<Inspected> {
  try {
    await using source = await openFileSource(path);
    const report = await inspectFile(source, { ...options, maxPlaneBytes: mostHashed(), ...besideFile(path) });
    return { report, lines: formatReport(report) };
  } catch (error) {
    if (error instanceof Failure) return { failure: { code: error.code, message: error.message } };
    const { code, message } = error as NodeJS.ErrnoException; // the file system's: no such file, a folder, no permission
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    return { failure: { code: 'inputMissing', message: code === 'ENOENT' ? `no such file: ${path}` : message } };
  }
}

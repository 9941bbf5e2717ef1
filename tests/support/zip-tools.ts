import { execFileSync } from 'node:child_process';
import { it } from '@jest/globals';

/** Other people's zip readers: how each checks a whole archive, and how each lists its names. */
export const zipTools: Record<string, { test: string[]; list: string[] }> = {
  bsdtar: { test: ['-xOf'], list: ['-tf'] },
  unzip: { test: ['-tqq'], list: ['-Z1'] },
  python3: { test: ['-m', 'zipfile', '-t'], list: ['-c', listWithPython()] },
};

function listWithPython(): string {
  return 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
}

/** In UTF-8, or some print names as question marks. */
const env = { ...process.env, LC_ALL: 'C.UTF-8', PYTHONIOENCODING: 'utf-8' };

export const runTool = (tool: string, args: readonly string[]): string =>
  execFileSync(tool, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });

/** Skipped by name where the tool is not installed. */
export function itWithTool(tool: string): typeof it.skip {
  try {
    runTool(tool, [tool === 'unzip' ? '-v' : '--version']);
    return it;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return it.skip;
    throw error;
  }
}

import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce, programSources } from '../tests/support/built.ts';
import { root } from './tools.ts';

/** Compiles the program as `npm run build` does, but apart from dist/, which others may be packing. Returns its folder. */
export async function builtProgram(): Promise<string> {
  const build = async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await promisify(execFile)(process.execPath, [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['-p', join(root, 'tsconfig.build.json'), '--outDir', join(folder, 'dist'), '--noCheck'], // types: npm run types
    ]);
    await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
  };
  const used = join(root, '.cache/bench/package');
  return join(await buildOnce('program', { sources: programSources, build, used }), 'dist');
}

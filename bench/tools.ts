import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromiumPath } from '../tests/support/page.ts';
import { pythonWith } from '../tests/support/python-environment.ts';
import type { ToolName } from './benchmark.ts';

const run = promisify(execFile);

/** A tool that is there, in which version; or how to get it. */
export type Tool = { version: string; path: string } | { missing: string };

/** Root of the repository. */
export const root = join(import.meta.dirname, '..');

const found: Partial<Record<ToolName, Promise<Tool>>> = {};

/** Looks once for each tool. */
export const findTool = (name: ToolName): Promise<Tool> => {
  found[name] ??= finders[name]();
  return found[name];
};

/** The path of a tool that is known to be there. */
export async function pathOf(name: ToolName): Promise<string> {
  const tool = await findTool(name);
  if ('missing' in tool) throw new Error(tool.missing);
  return tool.path;
}

const finders: Record<ToolName, () => Promise<Tool>> = {
  async bsdtar() {
    const version = await output('bsdtar', ['--version']);
    if (version === undefined) return { missing: 'bsdtar: apt-get install libarchive-tools' };
    return { version: version.trim(), path: 'bsdtar' };
  },

  async chromium() {
    if (!existsSync(chromiumPath)) return { missing: 'chromium: apt-get install chromium' };
    const version = await output(chromiumPath, ['--version']);
    return { version: version?.trim() ?? 'Chromium', path: chromiumPath };
  },

  async libtiff() {
    const missing = { missing: 'a C compiler and libtiff: apt-get install gcc libc6-dev libtiff-dev' };
    const compiler = await output('cc', ['--version']);
    if (compiler === undefined) return missing;
    const folder = await mkdtemp(join(tmpdir(), 'labdeploy-bench-'));
    try {
      const program = join(folder, 'version');
      await writeFile(
        `${program}.c`,
        '#include <stdio.h>\n#include <tiffio.h>\nint main(void) { puts(TIFFGetVersion()); return 0; }\n',
      );
      const compiled = await output('cc', ['-o', program, `${program}.c`, '-ltiff']);
      if (compiled === undefined) return missing;
      const version = (await run(program)).stdout.split('\n')[0]!;
      return { version: `${version} (compiled by ${compiler.split('\n')[0]})`, path: 'cc' };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },

  async python() {
    try {
      const path = await pythonWith();
      return { version: (await run(path, ['-c', pythonVersions])).stdout.trim(), path };
    } catch (error) {
      return { missing: (error as Error).message };
    }
  },

  stardist: () => pythonOf('stardist', '0.9.2', 'tensorflow-cpu'),
  cellpose: () => pythonOf('cellpose', '3.1.1.3', 'torch'),

  async proc() {
    if (!existsSync('/proc/self/status')) return { missing: '/proc, which only Linux has' };
    const version = /^Linux version (\S+)/.exec(await readFile('/proc/version', 'utf8'))?.[1];
    return { version: `Linux ${version}`, path: '/proc' };
  },
};

const pythonVersions = `
import platform, numpy, scipy, skimage, tifffile, imagecodecs, onnxruntime, PIL, yaml
print('Python', platform.python_version() + ',', ', '.join(f'{m.__name__} {m.__version__}' for m in (numpy, scipy, skimage, tifffile, imagecodecs, onnxruntime, PIL, yaml)))
`;

/** An environment that is not the tests' own, named by a variable: these packages and ours exclude each other. */
async function pythonOf(name: string, version: string, more: string): Promise<Tool> {
  const variable = `LABDEPLOY_BENCH_${name.toUpperCase()}`;
  const missing = { missing: `${variable}: a Python with ${name} ${version} and ${more}` };
  const path = process.env[variable];
  if (path === undefined) return missing;
  const found = await output(path, ['-c', `import importlib.metadata as m; print(m.version('${name}'))`]);
  return found === undefined ? missing : { version: `${name} ${found.trim()}`, path };
}

/** What a program prints; undefined where it is not there or fails. */
async function output(program: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return (await run(program, args)).stdout;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ENOENT' || typeof code === 'number') return undefined;
    throw error;
  }
}

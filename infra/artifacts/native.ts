import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const architectures = ['x64', 'arm64'] as const;
export type Architecture = (typeof architectures)[number];

/** Name of the module that Node loads; it loads the library beside it. */
export const nativeBinding = 'onnxruntime_binding.node';

/** Files of onnxruntime for Linux, name to path: the package has them for every platform. */
export function nativeFiles(architecture: Architecture): Record<string, string> {
  const packageFile = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  const folder = join(dirname(packageFile), 'bin/napi-v6/linux', architecture);
  return Object.fromEntries([nativeBinding, 'libonnxruntime.so.1'].map((name) => [name, join(folder, name)]));
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, totalmem, type } from 'node:os';
import type { ToolName } from './benchmark.ts';
import { findTool } from './tools.ts';

/** What the figures were measured on and with; lines for the report. */
export async function describeMachine(): Promise<string[]> {
  const [first] = cpus();
  const require = createRequire(import.meta.url);
  const { version: runtime } = require('onnxruntime-node/package.json') as { version: string };
  const tools: string[] = [];
  for (const name of ['bsdtar', 'libtiff', 'python'] satisfies ToolName[]) {
    const tool = await findTool(name);
    tools.push('version' in tool ? tool.version : `not there: ${tool.missing}`);
  }
  return [
    `${cpus().length} x ${first?.model ?? 'unknown processor'}, ${(totalmem() / 1e9).toFixed(0)} GB of memory, ${system()}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8}, zlib ${process.versions.zlib}), onnxruntime-node ${runtime}`,
    ...tools,
  ];
}

function system(): string {
  try {
    const name = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name !== undefined) return `${name}, ${type()} ${release()}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return `${type()} ${release()}`;
}

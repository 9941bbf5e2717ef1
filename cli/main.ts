#!/usr/bin/env node
// Only this file, and what it imports at once, must run on an old Node: it finds a new one, or says what to install.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { nodeVersion as needed } from '../functions/stack/node-version.ts';

/** Exit code of cli/exit-codes, which an old Node cannot import. */
const interrupted = 130;
/** For what still runs to end by itself after Ctrl-C. */
const graceMs = 2000;
const major = Number(process.versions.node.split('.')[0]);

/** The Node of the npm package `node`, where it is installed beside labdeploy. */
function installedNode(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    const manifest = require.resolve('node/package.json');
    const version = Number((require(manifest) as { version: string }).version.split('.')[0]);
    return version >= needed ? manifest.replace(/package\.json$/, 'bin/node') : undefined;
  } catch {
    return undefined; // not installed: the caller says so
  }
}

if (major >= needed) {
  const { main } = await import('./program.ts');
  const code = await main(process.argv.slice(2));
  process.exitCode = code;
  if (code === interrupted) {
    // A thread inside a model that never ends keeps the process alive, and process.exit would wait for it as well.
    const end = () => process.removeAllListeners('SIGINT') && process.kill(process.pid, 'SIGINT');
    setTimeout(end, graceMs).unref();
  }
} else {
  const node = installedNode();
  if (node === undefined) {
    process.stderr.write(
      `error: labdeploy needs Node ${needed} or newer [nodeTooOld]\n  why:  this is Node ${process.versions.node}\n  next: npm install node@${needed} beside labdeploy (it is found there), or install Node ${needed}\n`,
    );
    process.exitCode = 2;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128 + 9);
    });
  }
}

#!/usr/bin/env node
// Only this file, and what it imports at once, must run on an old Node: it finds a new one, or says what to install.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeVersion as needed } from '../functions/stack/node-version.ts';
import { newerNode } from './newer-node.ts';

/** Exit code of cli/exit-codes, which an old Node cannot import. */
const interrupted = 130;
/** For what still runs to end by itself after Ctrl-C. */
const graceMs = 2000;

if (Number.parseInt(process.versions.node, 10) >= needed) {
  const { main } = await import('./program.ts');
  const code = await main(process.argv.slice(2));
  process.exitCode = code;
  if (code === interrupted) {
    // A thread inside a model that never ends keeps the process alive, and process.exit would wait for it as well.
    const end = () => process.removeAllListeners('SIGINT') && process.kill(process.pid, 'SIGINT');
    setTimeout(end, graceMs).unref();
  }
} else {
  try {
    const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2)];
    const child = spawn(newerNode(), args, { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === null ? 1 : 128 + 9);
    });
  } catch (error) {
    process.stderr.write(
      `error: labdeploy needs Node ${needed} or newer [nodeTooOld]\n  why:  this is Node ${process.versions.node}; ${(error as Error).message}\n  next: install Node ${needed} from https://nodejs.org\n`,
    );
    process.exitCode = 2;
  }
}

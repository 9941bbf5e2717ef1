#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { neededMajor, newerNode } from './newer-node.ts';

if (Number.parseInt(process.versions.node, 10) >= neededMajor) {
  const { main } = await import('./program.ts');
  process.exitCode = await main(process.argv.slice(2));
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
      `error: labdeploy needs Node ${neededMajor} or newer [nodeTooOld]\n  why:  this is Node ${process.versions.node}; ${(error as Error).message}\n  next: install Node ${neededMajor} from https://nodejs.org\n`,
    );
    process.exitCode = 2;
  }
}

// Runs a program of this repository with Node 24, whatever Node npm itself runs on: node tools/node/start.js FILE ARGS
// npm 11 links node_modules/.bin/node to the same program; npm 10 does not, and no script of a package may run.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const needed = 24;
const packages = resolve(import.meta.dirname, '../../node_modules');

/** The program of the one platform package of this workspace that npm has installed. */
function installed() {
  const names = existsSync(packages) ? readdirSync(packages) : [];
  return names
    .filter((name) => /^node-(bin-)?(darwin|linux|win)-/.test(name))
    .flatMap((name) => ['bin/node', 'bin/node.exe'].map((file) => join(packages, name, file)))
    .find((file) => existsSync(file));
}

const node = Number.parseInt(process.versions.node, 10) >= needed ? process.execPath : installed();
if (node === undefined) {
  process.stderr.write(
    `labdeploy needs Node ${needed}, this is ${process.versions.node}: run npm ci, or install Node ${needed}\n`,
  );
  process.exitCode = 2;
} else {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  const child = spawn(node, process.argv.slice(2), { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Plays podman for one image: it answers /ping, and to each plane the labels of a file. */
const podman = `#!${process.execPath}
const { createServer } = require('node:http');
const { appendFileSync, readFileSync } = require('node:fs');
const words = process.argv.slice(2);
appendFileSync(__dirname + '/asked', words[0] + ' ' + words.at(-1) + '\\n');
if (words[0] === 'run')
  createServer((req, res) => {
    req.resume().on('end', () => res.end(req.url === '/ping' ? '' : readFileSync(__dirname + '/answer.npy')));
  }).listen(Number(words[words.indexOf('--publish') + 1].split(':')[1]), '127.0.0.1');
`;

/** A folder for the PATH of a service, with a `podman` that plays any image: every plane gets the labels of this .npy file. */
export async function fakePodman(folder: string, answer: string): Promise<string> {
  await mkdir(folder);
  // Test tensors have a batch and a channel, answers of containers neither.
  const tensor = (await readFile(answer)).toString('latin1');
  const labels = tensor.replace(/\(1, 1, (.*?)\n/, '($1      \n');
  await writeFile(join(folder, 'answer.npy'), Buffer.from(labels, 'latin1'));
  await writeFile(join(folder, 'podman'), podman);
  await chmod(join(folder, 'podman'), 0o755);
  return folder;
}

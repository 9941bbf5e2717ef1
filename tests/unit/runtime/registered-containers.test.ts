import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { inspectPackage } from '../../../functions/runtime/inspect-package.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const template = resolve(import.meta.dirname, '../../../templates/scikit-image');
const image = `lab/otsu@sha256:${'ab'.repeat(32)}`;

it.each([
  ['an image, where the service runs none', `image: ${image}`, false, /this service runs no containers/],
  ['an image whose name can move', 'image: lab/otsu:latest', true, /otsu:latest may change: name it by its digest/],
  ['a program', 'command: [sh, -c, "exit 1"]', true, /only an image is run, not a program/],
  ['an address', 'url: http://127.0.0.1:9', true, /only an image is run, not a program/],
])('a package that is added to a service is refused for %s', async (_, container, containers, message) => {
  await using folder = await temporaryFolder();
  const model = join(folder.path, 'model');
  await cp(template, model, { recursive: true });
  const path = join(model, 'bioimageio.yaml');
  await writeFile(path, (await readFile(path, 'utf8')).replace(/command: .*/, container));
  expect(await inspectPackage(model, { containers })).toMatchObject({
    refused: { code: 'modelUnsupported', message: expect.stringMatching(message) },
  });
});

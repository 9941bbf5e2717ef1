import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hashOf } from '../built.ts';
import type { Builder } from './builder.ts';
import { isSent } from './context.ts';

const root = resolve(import.meta.dirname, '../../..');

/** The image of the repository as it is, built unless the builder has one of the same sources; earlier ones go. Returns its name. */
export async function builtImage(builder: Builder): Promise<string> {
  const sources = (await readdir(root)).filter(isSent).sort();
  const hash = await hashOf(['Dockerfile', '.dockerignore', ...sources]);
  const image = `labdeploy-test:${hash.slice(0, 16)}`;
  if (!(await builder.has(image))) await builder.build(root, image);
  await builder.removeOthers(image);
  return image;
}

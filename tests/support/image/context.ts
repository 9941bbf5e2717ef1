import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** Patterns of .dockerignore: what the first leaves out, the others let through again. */
export const [leftOut, ...letThrough] = readFileSync(join(root, '.dockerignore'), 'utf8').trim().split('\n');

const patterns = letThrough.map(
  (line) => new RegExp(`^${line.slice(1).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`),
);

/** Whether a path of the repository is sent to the builder of the image. */
export const isSent = (path: string): boolean => patterns.some((pattern) => pattern.test(path));

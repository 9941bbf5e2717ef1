import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { isSent, leftOut } from '../support/image/context.ts';
import { importsOf, sourceFiles } from '../support/import-graph.ts';

const root = resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(join(root, file), 'utf8');

const { include } = JSON.parse(textOf('tsconfig.build.json')) as { include: string[] };
const compiled = sourceFiles([...include, 'build', 'web']);

it('.dockerignore leaves out all that it does not name', () => {
  expect(leftOut).toBe('*');
  expect(isSent('tests/unit/image-context.test.ts')).toBe(false);
  expect(isSent('.git/config')).toBe(false);
});

it('the context of the image has every source that its build compiles and imports', () => {
  const needed = new Set([...compiled, ...importsOf(compiled).map(({ to }) => to)]);
  expect(needed.size).toBeGreaterThan(500);
  expect([...needed].filter((file) => !isSent(file))).toEqual([]);
});

it('the context of the image has everything that the Dockerfile copies from it, and what is packed', () => {
  const copied = [...textOf('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
    paths!.split(' '),
  );
  const named = copied.filter((path) => path !== '.');
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((path) => !existsSync(join(root, path)) || !isSent(path.replace(/\/$/, '')))).toEqual([]);
  expect(['models/nuclei/weights.onnx', 'web/index.html', 'LICENSE'].filter((path) => !isSent(path))).toEqual([]);
});

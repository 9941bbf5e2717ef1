import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { strings } from '../../web/strings.ts';

const web = resolve(import.meta.dirname, '../../web');

it('every text of web/strings.ts is shown by some file of the page', () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: web, exclude: ['strings.ts', 'node_modules/**'] })
    .map((file) => readFileSync(join(web, file), 'utf8'))
    .join('\n');
  const named = (key: string) => new RegExp(`\\bstrings\\.${key}\\b`);
  const unread = Object.keys(strings).filter((key) => !named(key).test(sources));
  expect(unread).toEqual([]);
});

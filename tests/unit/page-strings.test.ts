import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { strings } from '../../web/strings.ts';

const web = resolve(import.meta.dirname, '../../web');

it('every text of web/strings.ts is shown by some file of the page', () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: web, exclude: ['strings.ts', 'node_modules/**'] })
    .map((file) => readFileSync(join(web, file), 'utf8'))
    .join('\n');
  const taken = [...sources.matchAll(/\{([^{}]*)\} = strings\b/g)].flatMap(([, names = '']) => names.split(/[\s,:]+/));
  const named = (key: string) => taken.includes(key) || new RegExp(`\\bstrings\\.${key}\\b`).test(sources);
  const unread = Object.keys(strings).filter((key) => !named(key));
  expect(unread).toEqual([]);
});

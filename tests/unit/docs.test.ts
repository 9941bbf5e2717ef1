import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { errorsDocument, errorsPage } from '../../docs/errors.ts';

it('docs/errors.md lists the codes, texts and exits of the tables (node docs/errors.ts writes it)', async () => {
  expect(await readFile(errorsPage, 'utf8')).toBe(errorsDocument());
});

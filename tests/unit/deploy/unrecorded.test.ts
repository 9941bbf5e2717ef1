import { expect, it } from '@jest/globals';
import { continuable } from '../../../cli/deploy/unrecorded.ts';
import { taggedTypes } from '../../../policies/tagged-types.ts';

it('knows of every type of a stack how to go on after it was cut off', () => {
  expect([...continuable].sort()).toEqual(Object.keys(taggedTypes).sort());
});

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from '@jest/globals';

/** Real images and models beside the repository; a stranger's clone has none. */
export const sharedFolder = resolve(import.meta.dirname, '../../../shared');
export const sharedData = (...path: string[]): string => join(sharedFolder, 'data', ...path);

const present = existsSync(sharedData());

/** Skipped by name where ../shared/data is absent. */
export const describeWithSharedData: typeof describe.skip = present ? describe : describe.skip;
export const itWithSharedData: typeof it.skip = present ? it : it.skip;

/** Inputs on which labdeploy or others failed; a stranger's clone has none. */
export const sharedCase = (...path: string[]): string => join(sharedFolder, 'cases', ...path);
export const describeWithSharedCases: typeof describe.skip = existsSync(sharedCase()) ? describe : describe.skip;

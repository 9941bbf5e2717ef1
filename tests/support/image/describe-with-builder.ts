import { describeWith } from '../describe-with.ts';
import type { Builder } from './builder.ts';
import { findBuilder } from './find-builder.ts';

/** A suite that needs the built image, and what builds one. */
export const describeWithBuilder = (name: string, suite: (builder: Builder) => void): Promise<void> =>
  describeWith(name, findBuilder, suite, (builder) => `${name}, by ${builder.name}`);

import { describe, it } from '@jest/globals';
import type { Builder } from './builder.ts';
import { findBuilder } from './find-builder.ts';

/** A suite that needs the built image. Where nothing can build one it fails in CI, and is elsewhere skipped with the reason in its name. */
export async function describeWithBuilder(name: string, suite: (builder: Builder) => void): Promise<void> {
  let builder: Builder;
  try {
    builder = await findBuilder();
  } catch (error) {
    if (process.env.CI)
      it(name, () => {
        throw error;
      });
    else describe.skip(`${name} (${(error as Error).message})`, () => suite(undefined as never));
    return;
  }
  describe(`${name}, by ${builder.name}`, () => suite(builder));
}

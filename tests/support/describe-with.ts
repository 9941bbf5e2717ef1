import { describe, it } from '@jest/globals';

/** A suite that needs something of the machine. Where that cannot be had it fails in CI, and is elsewhere skipped with the reason in its name. */
export async function describeWith<T>(
  name: string,
  find: () => Promise<T>,
  suite: (found: T) => void,
  nameOf: (found: T) => string = () => name,
): Promise<void> {
  let found: T;
  try {
    found = await find();
  } catch (error) {
    if (process.env.CI)
      it(name, () => {
        throw error;
      });
    else describe.skip(`${name} (${(error as Error).message})`, () => suite(undefined as never));
    return;
  }
  describe(nameOf(found), () => suite(found));
}

import { it } from '@jest/globals';
import { pythonWith } from './python-environment.ts';

/** A test against Python's libraries. Where they cannot be had it fails in CI, and is elsewhere skipped with the reason in its name. */
export async function itWithPython(
  name: string,
  test: (interpreter: string) => Promise<void>,
  timeout?: number,
): Promise<void> {
  try {
    const interpreter = await pythonWith();
    it(name, () => test(interpreter), timeout);
  } catch (error) {
    if (process.env.CI) {
      it(name, () => {
        throw error;
      });
    } else it.skip(`${name} (${(error as Error).message})`, () => {});
  }
}

import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.ts';

/** Asks on the terminal. With --yes the answer is yes; without anybody to ask it stops and names the flag. */
export async function confirm(
  question: string,
  { yes, interactive }: { yes: boolean; interactive: boolean },
): Promise<boolean> {
  if (yes) return true;
  if (!interactive) throw new UserError('inputNeeded', [question]);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

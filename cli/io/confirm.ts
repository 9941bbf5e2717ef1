import { createInterface } from 'node:readline/promises';
import { UserError } from '../errors.ts';
import { plainText } from './plain-text.ts';

interface Answers {
  /** --yes was given. */
  yes: boolean;
  /** A user sits at a terminal. */
  interactive: boolean;
}

/** Asks on the terminal. With --yes the answer is yes; without anybody to ask it stops and names the flag. */
export async function confirm(question: string, { yes, interactive }: Answers): Promise<boolean> {
  if (yes) return true;
  if (!interactive) throw new UserError('inputNeeded', { question });
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}

/** The same for what cannot be taken back: the name has to be typed. */
export async function confirmName(question: string, name: string, { yes, interactive }: Answers): Promise<void> {
  if (yes) return;
  if (!interactive) throw new UserError('inputNeeded', { question });
  const typed = await ask(`${question} Type ${name} to go on: `);
  if (typed !== name) throw new UserError('nameDiffers', { typed, name });
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(plainText(question))).trim();
  } finally {
    terminal.close();
  }
}

import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Side } from '../../functions/core/split-images.ts';
import { UserError } from '../errors.ts';

const sides = z.record(z.string(), z.enum(['train', 'test']));

/** Sides of images by their names, as a file has them. Throws `inputMissing`, `sidesUnreadable`. */
export async function readSides(file: string): Promise<ReadonlyMap<string, Side>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError('inputMissing', { path: file }, { cause: error });
  }
  try {
    return new Map(Object.entries(sides.parse(JSON.parse(text))));
  } catch (error) {
    const detail =
      error instanceof z.ZodError ? `${error.issues[0]!.path}: ${error.issues[0]!.message}` : String(error);
    throw new UserError('sidesUnreadable', { file, detail }, { cause: error });
  }
}

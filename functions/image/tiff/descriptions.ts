import { Failure } from '../../core/errors.ts';
import type { Directory, Field } from './directory.ts';
import { text } from './field-values.ts';
import { tag } from './tags.ts';
import type { Window } from './window.ts';

/** All ImageDescriptions of a directory, which cannot have more text than the file. */
export async function readDescriptions(window: Window, { fields, repeated }: Directory): Promise<string[]> {
  const all = [fields.get(tag.imageDescription), ...repeated].filter(
    (field): field is Field => field?.tag === tag.imageDescription && [1, 2, 7].includes(field.type),
  );
  const bytes = all.reduce((sum, { count }) => sum + count, 0);
  if (all.length > 1 && bytes > window.size)
    throw new Failure('imageBroken', { detail: `its descriptions claim ${bytes} bytes, the file has ${window.size}` });
  const descriptions: string[] = [];
  for (const field of all) descriptions.push(await text(window, field));
  return descriptions;
}

import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { connectToPeople } from '../client/connect-to-people.ts';
import { outgoing, putOutgoing } from '../client/upload.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OfRecipe {
  url: string;
  recipe: string;
}

export interface AddBaseOptions extends OfRecipe {
  /** Labels of the shipped recipe. */
  theme?: string;
  gender?: string;
  skin?: string;
  /** `name=value` each, for recipes of the lab. */
  label?: string[];
  story?: string;
}

/** Base pictures of a recipe. Throws `peopleOff`. */
export async function listBases({ url, recipe }: OfRecipe, context: CommandContext): Promise<void> {
  const { client } = await connectToPeople(url, context);
  const { items } = await client.call('listBases', { query: { recipe } });
  context.io.emit('bases.listed', { recipe, bases: items });
}

/**
 * Sends a base picture; uploads with the same labels get it from then on. One whose bytes did not come is never used, and
 * `bases list` says so. Throws `peopleOff`, `inputMissing`, `uploadFailed`.
 */
export async function addBase(
  image: string,
  { url, recipe, label = [], story, ...shipped }: AddBaseOptions,
  context: CommandContext,
): Promise<void> {
  const file = resolve(context.cwd, image);
  const labels = { ...ofShipped(shipped), ...Object.fromEntries(label.map(labelOf)) };
  const { size } = await stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new UserError('inputMissing', { path: image });
    throw error;
  });
  const { client, origin } = await connectToPeople(url, context);
  const { base, request } = await client.call('addBase', {
    body: { recipe, labels, bytes: size, ...(story !== undefined && { story }) },
  });
  const sent = outgoing({ file, path: basename(image), bytes: size });
  await putOutgoing(request, sent, { origin, signal: context.signal });
  context.io.emit('bases.added', { base });
}

/** After a yes: pictures that were made with it stay. Throws `peopleOff`, `declined`. */
export async function removeBase(id: string, { url, recipe }: OfRecipe, context: CommandContext): Promise<void> {
  const { client } = await connectToPeople(url, context);
  const { items } = await client.call('listBases', { query: { recipe } });
  if (!items.some((base) => base.id === id)) throw new UserError('baseUnknown', { id, recipe });
  if (!(await context.confirm(`Remove the base picture ${id} of ${recipe}? It is deleted.`)))
    throw new UserError('declined', { command: 'bases remove' });
  await client.call('deleteBase', { params: { recipe, base: id } });
  context.io.emit('bases.removed', { id, recipe });
}

const ofShipped = (labels: Pick<AddBaseOptions, 'theme' | 'gender' | 'skin'>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== undefined));

function labelOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new UserError('usage', { detail: `'${text}' is no label, such as theme=lab`, command: 'bases add' });
  return [text.slice(0, at), text.slice(at + 1)];
}

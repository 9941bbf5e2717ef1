import { cp, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { packageRoot } from '../../functions/stack/package-root.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type ModelSource, nextStepOf, templatesOf } from './model-sources.ts';

/** Writes the template of a package into a new folder. Nothing that is there is written over. */
export async function newModelAction(name: string, from: ModelSource, { io, cwd }: CommandContext): Promise<void> {
  const folder = resolve(cwd, name);
  try {
    await mkdir(folder);
    for (const template of templatesOf(from))
      await cp(join(packageRoot, 'templates', template), folder, { recursive: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UserError('templateTaken', { folder: name });
    throw new UserError('templateUnwritable', { folder: name, detail: message }, { cause: error });
  }
  const files = (await readdir(folder)).sort();
  const shown = name.replace(/[/\\]+$/, '');
  io.emit('model.begun', { folder: shown, files, from, next: nextStepOf(from, shown) });
}

import { resolve } from 'node:path';
import { listModels } from '../../functions/model/package/list.ts';

import type { CommandContext } from '../context.ts';
import { shippedModels } from '../run/find-model.ts';

/** Lists the models that are shipped, and those of a folder of packages. */
export async function listModelsAction({ models }: { models?: string }, { io, cwd }: CommandContext): Promise<void> {
  const folders = [shippedModels, ...(models === undefined ? [] : [resolve(cwd, models)])];
  io.emit('model.listed', { models: await listModels(folders) });
}

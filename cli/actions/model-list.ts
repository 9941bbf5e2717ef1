import { resolve } from 'node:path';
import { listModels } from '../../functions/model/list.ts';
import type { Services } from '../program.ts';
import { shippedModels } from './find-model.ts';

/** Lists the models that are shipped, and those of a folder of packages. */
export async function listModelsAction({ models }: { models?: string }, { io, cwd }: Services): Promise<void> {
  const folders = [shippedModels, ...(models === undefined ? [] : [resolve(cwd, models)])];
  io.emit('model.listed', { models: await listModels(folders) });
}

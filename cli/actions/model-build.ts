import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildImage, hasImage } from '../../functions/model/container/build-image.ts';
import { findEngine } from '../../functions/model/container/container-engine.ts';
import { sourceDigest } from '../../functions/model/container/source-digest.ts';
import {
  type BuiltImage,
  builtImageFile,
  type ContainerEngine,
  readBuiltImage,
} from '../../functions/model/package/built-image.ts';
import { openModel } from '../../functions/model/package/package.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';

/**
 * Builds the image of a package by the engine at hand and notes its id in the package. What was built of the same files is
 * not built again. Throws with the last lines of a build that failed.
 */
export async function buildModelAction(name: string, { io, cwd, signal }: CommandContext): Promise<void> {
  const { folder, identity, description } = await openModel(findModel(name, cwd));
  const dockerfile = description.settings.container?.build;
  if (dockerfile === undefined || folder === undefined) throw new UserError('nothingToBuild', { model: name });
  const engine = await findEngine();
  if (engine === undefined) throw new UserError('builderMissing', { model: name });
  const source = await sourceDigest(folder);
  const before = await imageOf(folder, source, engine);
  if (before !== undefined) return io.emit('model.built', { model: identity.name, ...before, reused: true });

  const tag = `labdeploy/${
    identity.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'model'
  }`;
  const built = await buildImage(
    engine,
    { folder, dockerfile, name: tag },
    (step) => io.emit('model.building', { model: identity.name, ...step }),
    signal,
  );
  if ('how' in built)
    throw new UserError('buildFailed', { model: name, how: `${engine} ${built.how}`, output: built.lines.join('\n') });
  const image = /^[0-9a-f]{64}$/.test(built.image) ? `sha256:${built.image}` : built.image;
  const made: BuiltImage = { source, image, engine };
  const file = join(folder, builtImageFile);
  await writeFile(`${file}.part`, `${JSON.stringify(made, null, 2)}\n`);
  await rename(`${file}.part`, file);
  io.emit('model.built', { model: identity.name, ...made, reused: false });
}

/** What was built of these files, where the engine still has it. */
async function imageOf(folder: string, source: string, engine: ContainerEngine): Promise<BuiltImage | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, builtImageFile), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const built = readBuiltImage(text);
  if (built.source !== source || built.engine !== engine) return undefined;
  return (await hasImage(engine, built.image)) ? built : undefined;
}

import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure } from '../core/errors.ts';
import type { RunningContainer } from '../model/container/running-container.ts';
import { startContainer } from '../model/container/start-container.ts';
import { containerSettings } from '../model/package/container-settings.ts';
import { parseYaml } from '../model/package/parse-yaml.ts';

/** What a folder says of its container: the keys of `config.labdeploy.container` of a model. */
const file = 'container.yaml';

/**
 * Starts a container that works on pictures: one that answers already, by its address, or that of a folder. Throws
 * `modelBroken` for a container.yaml that is not so or not there, and what startContainer throws.
 */
export async function startPictureContainer(addressOrFolder: string): Promise<RunningContainer> {
  const isAddress = /^https?:\/\//.test(addressOrFolder);
  const container = isAddress ? { url: addressOrFolder } : await settingsIn(addressOrFolder);
  const started = await startContainer({
    identity: { name: basename(addressOrFolder) },
    description: { settings: { container } },
    ...(!isAddress && { folder: addressOrFolder }),
  });
  return started!;
}

async function settingsIn(folder: string) {
  let text: string;
  try {
    text = await readFile(join(folder, file), 'utf8');
  } catch (error) {
    throw new Failure('modelBroken', { detail: `${join(folder, file)} cannot be read` }, { cause: error });
  }
  const parsed = containerSettings.safeParse(parseYaml(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure('modelBroken', { detail: `${file}: ${[...issue!.path, issue!.message].join(' ')}` });
}

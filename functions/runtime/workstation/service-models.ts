import { join } from 'node:path';
import { sentPackageRef } from '../../core/object-keys.ts';
import type { PackageServices } from '../../stages/predict/check-version.ts';
import { inspectAlone } from '../inspect-alone.ts';
import { type OfferedModels, type OfferOptions, offerModels } from '../offered-models.ts';
import { packageCache } from '../package-cache.ts';
import { clearReceived, receivePackage } from '../received-package.ts';

/** Bytes of packages of the registry, beside the store that has all of them: what runs now and lately. */
const cachedBytes = 2e9;

/** The models that a service on this machine has, and what checks those that are sent to it. Held for this process alone. */
export async function openServiceModels(
  dataFolder: string,
  paths: readonly string[],
  { containers, ...options }: Pick<OfferOptions, 'workers' | 'open'> & { containers: boolean },
): Promise<{ offered: OfferedModels; packages: PackageServices }> {
  const folder = join(dataFolder, 'models');
  await clearReceived(folder);
  const registered = packageCache({ folder, mostBytes: cachedBytes });
  return {
    offered: await offerModels(paths, { ...options, registered, containers }),
    packages: {
      receive: (id, from) => receivePackage(sentPackageRef(id), from, folder),
      inspect: (path, { signal }) => inspectAlone(path, { signal, containers }),
    },
  };
}

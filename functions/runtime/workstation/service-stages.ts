import { join } from 'node:path';
import type { DiskQuota } from '../../adapters/local/disk-quota.ts';
import type { Feature } from '../../core/features.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PackageServices } from '../../stages/predict/check-version.ts';
import { admitPlanes } from '../admit-planes.ts';
import { imageGuard } from '../image-guard.ts';
import type { OfferedModels } from '../offered-models.ts';
import { predictAlone } from '../predict-alone.ts';
import type { LocalStages } from '../run-stages.ts';
import { openWorkJournal } from '../work-journal.ts';

interface StageParts extends Pick<LocalStages, 'ports' | 'version' | 'onTrouble' | 'pictureTools'> {
  reading: NonNullable<LocalStages['reading']>;
  dataFolder: string;
  /** Folder of the objects, and the store of them that nothing of this service listens to. */
  storeFolder: string;
  stored: ObjectStore;
  offered: OfferedModels;
  packages: PackageServices;
  storageQuota: DiskQuota;
  workers: number;
  /** Bytes that planes in flight may use together. */
  memoryLimit: number;
  features: readonly Feature[];
}

/** What the stages of a service on one machine work with: an image whose process dies is predicted in one of its own. */
export function serviceStages(parts: StageParts): LocalStages {
  const { dataFolder, storeFolder, stored, offered, workers, memoryLimit, features, storageQuota, ...given } = parts;
  return {
    ...given,
    model: (settings) => offered.load(settings, stored),
    files: workers + 1,
    planesAhead: workers + 1,
    admit: admitPlanes(memoryLimit),
    storageQuota,
    storage: storageQuota,
    features: new Set(features),
    guard: imageGuard({
      journal: openWorkJournal(join(dataFolder, 'in-work')),
      async predictAlone(image, { settings, generation }, signal) {
        const store = { root: storeFolder, durable: true };
        const model = await offered.pathOf(settings, stored);
        return predictAlone({ image, settings, generation, model, workers, memoryLimit, store }, signal);
      },
    }),
  };
}

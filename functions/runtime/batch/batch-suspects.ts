import { join } from 'node:path';
import type { OverlayFile } from '../../adapters/local/file-overlay.ts';
import { inputRef, type ObjectRef, resultKinds, resultRef } from '../../core/object-keys.ts';
import type { SuspectImages } from '../image-guard.ts';
import { nameOfObject, predictAlone } from '../predict-alone.ts';
import { openWorkJournal } from '../work-journal.ts';
import type { BatchPlan } from './batch.ts';
import type { BatchLocations } from './batch-objects.ts';

/** Images that were in work when an earlier run into the same folder ended. */
export function batchSuspects(plan: BatchPlan, { store, temporary, fileOf }: BatchLocations): SuspectImages {
  const { work, model, workers, memoryLimit } = plan;
  return {
    journal: openWorkJournal(join(work, 'in-work')),
    predictAlone(image, { settings, generation }, signal) {
      const refs: ObjectRef[] = [
        inputRef(image, image.path),
        ...resultKinds.map((kind) => resultRef(image, image.path, kind)),
      ];
      const files: Record<string, OverlayFile> = {};
      for (const ref of refs) {
        const file = fileOf(ref);
        if (file !== undefined) files[nameOfObject(ref)] = file;
      }
      const overlay = { temporary, files };
      return predictAlone({ image, settings, generation, model, workers, memoryLimit, store, overlay }, signal);
    },
  };
}

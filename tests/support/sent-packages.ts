import { join } from 'node:path';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localModels } from '../../functions/adapters/local/models.ts';
import { sentPackageRef } from '../../functions/core/object-keys.ts';
import { inspectPackage } from '../../functions/runtime/inspect-package.ts';
import { receivePackage } from '../../functions/runtime/received-package.ts';
import type { CheckServices } from '../../functions/stages/predict/check-version.ts';
import { attemptsOf } from './attempts.ts';
import { manualClock } from './manual-clock.ts';
import { memoryObjectStore } from './memory/object-store.ts';
import { memoryQueue } from './memory/queue.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Packages of models that were sent to a service, and what checks them there: without containers and endpoints. */
export async function sentPackages() {
  const folder = await temporaryFolder();
  const database = openLocalDatabase(':memory:');
  const clock = manualClock();
  const [models, objects, queue] = [
    localModels(database, clock),
    memoryObjectStore(clock),
    memoryQueue(clock, attemptsOf(3)),
  ];
  const at = (...names: string[]) => join(folder.path, ...names);
  const packages: CheckServices['packages'] = {
    receive: (id, from) => receivePackage(sentPackageRef(id), from, at('received')),
    inspect: (path) => inspectPackage(path),
  };
  return {
    ...{ clock, models, objects, queue, at },
    services: { objects, models, queue, packages } satisfies CheckServices,
    async send(id: string, zip: Uint8Array): Promise<void> {
      await models.add({ id, kind: 'onnx', bytes: zip.length, by: 'ada' });
      await objects.put(sentPackageRef(id), zip);
    },
    async [Symbol.asyncDispose]() {
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export type SentPackages = Awaited<ReturnType<typeof sentPackages>>;

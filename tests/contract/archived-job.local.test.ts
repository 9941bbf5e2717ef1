import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe } from '@jest/globals';
import { archiveOnDisk } from '../support/archive-on-disk.ts';
import { manualClock } from '../support/manual-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { archivedJobContract, archivingWorld } from './archived-job.ts';

describe('a job on this machine', () => {
  archivedJobContract(async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder.path, 'archive'));
    const clock = manualClock();
    const disk = await archiveOnDisk(folder.path, clock);
    return {
      ...archivingWorld(disk.ports, clock),
      arrive: async () => {}, // nothing is waited for
      async [Symbol.asyncDispose]() {
        await disk[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  });
});

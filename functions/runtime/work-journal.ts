import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { diskFailure } from '../adapters/local/object-files.ts';
import type { PredictMessage } from '../core/messages.ts';
import { inputRef } from '../core/object-keys.ts';

/** Which images are in work, on the disk: the next process learns what this one was at when it ended. */
export interface WorkJournal {
  /** Was the image in work when an earlier process ended, and not finished since? */
  isSuspect(image: PredictMessage): boolean;
  begin(image: PredictMessage): void;
  end(image: PredictMessage): void;
}

/** An empty file an image in `folder`, for the one process that works there. No flush: what a power cut loses is worked on again. */
export function openWorkJournal(folder: string): WorkJournal {
  const checked = <T>(change: () => T): T => {
    try {
      return change();
    } catch (error) {
      throw diskFailure(error, folder) ?? error;
    }
  };
  const nameOf = (image: PredictMessage) =>
    createHash('sha256').update(inputRef(image, image.path).key).digest('hex').slice(0, 32);
  checked(() => mkdirSync(folder, { recursive: true }));
  const suspects = new Set(readdirSync(folder));
  return {
    isSuspect: (image) => suspects.has(nameOf(image)),
    begin: (image) => checked(() => writeFileSync(join(folder, nameOf(image)), '')),
    end(image) {
      suspects.delete(nameOf(image));
      checked(() => rmSync(join(folder, nameOf(image)), { force: true }));
    },
  };
}

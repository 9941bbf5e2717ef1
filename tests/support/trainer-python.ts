import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';
import { trainerModules } from '../../cli/train/run-trainer.ts';

/** A suite that trains: with `LABDEPLOY_TRAINER_PYTHON`, else python3. Skipped, with the reason in its name, where that has no PyTorch: it is no part of the set-up. */
export async function describeWithTrainer(name: string, suite: (python: string) => void): Promise<void> {
  const python = process.env.LABDEPLOY_TRAINER_PYTHON ?? 'python3';
  try {
    await promisify(execFile)(python, ['-c', `import ${trainerModules.join(', ')}`]);
  } catch {
    const reason = `${python} lacks one of ${trainerModules.join(', ')}: name another by LABDEPLOY_TRAINER_PYTHON`;
    describe.skip(`${name} (${reason})`, () => suite(python));
    return;
  }
  describe(name, () => suite(python));
}

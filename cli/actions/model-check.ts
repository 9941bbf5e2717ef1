import { checkModel } from '../../functions/model/check.ts';
import { readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';

/** Runs a model's own test input; throws when the output is not the expected one. */
export async function checkModelAction(name: string, { io, cwd }: CommandContext): Promise<void> {
  await using reading = readingThreads();
  const model = await reading.openModel(findModel(name, cwd));
  const tests = await checkModel(model);
  const { name: title, version, sha256 } = model.identity;
  io.emit('model.checked', { model: title, version, sha256, tests });
  const worst = tests.find(({ maxDifference, tolerance }) => !(maxDifference <= tolerance));
  if (worst !== undefined)
    throw new UserError('checkFailed', { model: title, detail: `${worst.output} differs by ${worst.maxDifference}` });
}

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { JobSettings } from '../../functions/core/job.ts';
import { choicesOf, type JobChoices } from '../../functions/core/job-choices.ts';
import { usualPlaneMode } from '../../functions/core/plane-mode.ts';
import { openEngine } from '../../functions/model/engine/engine.ts';
import { readingThreads } from '../../functions/runtime/reading/reading-threads.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import { checkThreshold } from '../../functions/stages/predict/check-threshold.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';
import { collectInputs } from '../run/inputs.ts';
import { memoryLimit } from '../run/memory-limit.ts';
import { openOutput } from '../run/output.ts';
import { runJob } from '../run/run-job.ts';

export interface RunOptions extends JobChoices {
  output: string;
  model: string;
  workers?: number;
  prob?: boolean;
  rois?: boolean;
  ome?: boolean;
  zarr?: boolean;
  zip?: boolean;
  overwrite?: boolean;
  failFast?: boolean;
}

/** Takes images through the whole pipeline on this machine. Throws when a file failed, after all others are done. */
export async function run(args: readonly string[], options: RunOptions, context: CommandContext): Promise<void> {
  const { cwd } = context;
  const folder = resolve(cwd, options.output);
  const inputs = await collectInputs(args, { cwd, output: folder });
  if (inputs.kind === 'files' && inputs.files.length === 0)
    throw new UserError('nothingToDo', { inputs: args.join(', ') });
  const modelPath = findModel(options.model, cwd);
  await using reading = readingThreads();
  const model = await reading.openModel(modelPath);
  const input = modelInput(model.description);
  checkThreshold(input, options.threshold);
  const settings: JobSettings = {
    model: { name: model.identity.name, sha256: model.identity.sha256 },
    // by its name or not given, the default makes the same results
    ...choicesOf({ ...options, planes: options.planes === usualPlaneMode ? undefined : options.planes }),
    probabilities: options.prob ?? false,
    archive: options.zip ?? false,
  };
  await using output = await openOutput(
    folder,
    { model: model.identity, settings, root: inputs.root },
    options.overwrite ?? false,
  );
  const workers = options.workers ?? availableParallelism();
  await using engine = await openEngine(model, { workers });
  const plan = {
    inputs,
    output,
    model: modelPath,
    engine,
    input,
    reading,
    settings,
    workers,
    failFast: options.failFast ?? false,
  };
  await runJob({ ...plan, memoryLimit: memoryLimit(workers) }, context);
}

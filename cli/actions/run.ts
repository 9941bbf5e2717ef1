import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { JobSettings } from '../../functions/core/job.ts';
import { openEngine } from '../../functions/model/engine.ts';
import { openModel } from '../../functions/model/package.ts';
import { modelInput } from '../../functions/stages/predict/channel.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';
import { findModel } from './find-model.ts';
import { memoryLimit } from './memory-limit.ts';
import { collectInputs } from './run-inputs.ts';
import { runJob } from './run-job.ts';
import { openOutput } from './run-output.ts';

export interface RunOptions {
  output: string;
  model: string;
  channel?: string;
  diameter?: number;
  workers?: number;
  prob?: boolean;
  zip?: boolean;
  overwrite?: boolean;
  failFast?: boolean;
}

/** Takes images through the whole pipeline on this machine. Throws when a file failed, after all others are done. */
export async function run(args: readonly string[], options: RunOptions, services: Services): Promise<void> {
  const { io, cwd } = services;
  const folder = resolve(cwd, options.output);
  const inputs = await collectInputs(args, { cwd, output: folder });
  if (inputs.kind === 'files') {
    for (const path of inputs.ignored)
      io.emit('run.ignored', { path, reason: 'hidden, or left by Finder or Explorer' });
    if (inputs.files.length === 0) throw new UserError('nothingToDo', [args.join(', ')]);
  }
  const model = await openModel(findModel(options.model, cwd));
  const settings: JobSettings = {
    model: { name: model.identity.name, sha256: model.identity.sha256 },
    ...(options.channel !== undefined && { channel: options.channel }),
    ...(options.diameter !== undefined && { diameter: options.diameter }),
    probabilities: options.prob ?? false,
    archive: options.zip ?? false,
  };
  await using output = await openOutput(folder, { model: model.identity, settings }, options.overwrite ?? false);
  const workers = options.workers ?? availableParallelism();
  await using engine = await openEngine(model, { workers });
  const plan = {
    inputs,
    output,
    engine,
    input: modelInput(model.description),
    settings,
    workers,
    failFast: options.failFast ?? false,
  };
  await runJob({ ...plan, memoryLimit: memoryLimit(workers) }, services);
}

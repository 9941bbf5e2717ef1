import { randomUUID } from 'node:crypto';
import type { JobView, NewJobBody } from '../../functions/contract/jobs.ts';
import { choicesOf, type JobChoices } from '../../functions/core/job-choices.ts';
import { connect } from '../client/connect.ts';
import type { CommandContext } from '../context.ts';

export interface RerunOptions extends JobChoices {
  url: string;
  name?: string;
  model?: string;
  prob?: boolean;
  /** What is not given is as in a new job, not as in that one. */
  reset?: boolean;
}

/** Makes a new job of the images of a job, inside the service. */
export async function rerunJob(id: string, options: RerunOptions, context: CommandContext): Promise<void> {
  const { client } = await connect(options.url, context);
  const before = await client.call('showJob', { params: { id } });
  const made = await client.call('createJob', { body: bodyOf(before, options), key: randomUUID() });
  context.io.emit('jobs.rerun', { job: made.id, from: id, state: made.state, files: before.counts.expected });
}

/** The settings of the job, or with `reset` none but its model, with what is given instead. A scale takes the place of a diameter, and the other way. */
export function bodyOf({ id, name, settings }: JobView, options: RerunOptions): NewJobBody {
  const { diameter, scale, ...kept } = options.reset === true ? {} : choicesOf(settings);
  const isSized = options.diameter !== undefined || options.scale !== undefined;
  const chosen = choicesOf({
    ...kept,
    ...(!isSized && { diameter, scale }),
    ...choicesOf(options),
    ...(options.invert === false && { invert: false }),
  });
  return {
    source: 'job',
    from: id,
    name: options.name ?? name,
    model: options.model ?? settings.model.name,
    ...chosen,
    probabilities: options.prob ?? (options.reset !== true && settings.probabilities),
  };
}

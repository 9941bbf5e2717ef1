import { runWorker } from '../../functions/runtime/fleet/open-worker.ts';
import { outcomeOf } from '../../functions/stages/predict/handler.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { findModel } from '../run/find-model.ts';

/** Throws where images may be left: then the process must not end as if there were none, or no other would be started. */
export async function worker(
  { idle, keep }: { idle: number; keep?: number },
  { io, cwd, env, signal }: CommandContext,
): Promise<void> {
  let images = 0;
  const { end, took } = await runWorker(
    {
      variables: env,
      model: findModel(env.LABDEPLOY_MODEL ?? 'nuclei', cwd),
      idleMs: idle * 1000,
      keepMs: keep && keep * 1000,
      onPlane: ({ id, path }, done, total) => total > 1 && io.emit('worker.plane', { job: id, path, done, total }),
      onImage({ owner, id, path }, result, spent) {
        images++;
        io.emit('worker.image', { owner, job: id, path, outcome: outcomeOf(result), ...spent });
      },
      onTrouble: ({ attempt, last, error, body }) =>
        io.emit('worker.trouble', {
          ...(body !== undefined && 'path' in body && { job: body.id, path: body.path }),
          ...{ attempt, last },
          message: error instanceof Error ? error.message : String(error),
        }),
    },
    signal,
  );
  io.emit('worker.ended', { images, end, ...took });
  if (end === 'limit') throw new UserError('workerPaused', {});
  if (end === 'stopped')
    throw new UserError('interrupted', { next: 'nothing: another machine goes on with what is left' });
}
